// What other engines mark between two texts. Arguments: the folder where the engines are installed, and a file
// with a pair a line, as JSON: {"html": [old, new], "text": [old, new]}. Writes a line of JSON for each pair.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { resolve } = require("node:path");

const [, , folder, pairs] = process.argv;
const load = createRequire(resolve(folder, "package.json"));
const { diffWords } = load("diff");
const { default: htmldiff } = load("htmldiff-js");

for (const line of readFileSync(pairs, "utf8").split("\n").filter(Boolean)) {
  const { html, text } = JSON.parse(line);
  const marked = diffWords(...text).filter((part) => part.added || part.removed);
  console.log(JSON.stringify({ jsdiff: marked.map((part) => part.value), "htmldiff-js": htmldiff.execute(...html) }));
}

// Mark what changed between each version page and the one before it, one process for all.
// Arguments: the folder where the engine is installed, the folder of Hugo's pages, and one for the change pages.
const { mkdirSync, readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join, resolve } = require("node:path");

const [, , tools, site, out] = process.argv;
const htmldiff = createRequire(resolve(tools, "package.json"))("node-htmldiff");
const readBody = (folder) => readFileSync(join(folder, "index.html"), "utf8").split("</title>")[1];

for (const language of readdirSync(site)) {
  let older = "";
  for (const version of readdirSync(join(site, language)).sort()) {
    const newer = readBody(join(site, language, version));
    if (older) {
      const folder = join(out, language, version);
      mkdirSync(folder, { recursive: true });
      const title = `<!doctype html><title>Changes of version ${version}</title>`;
      writeFileSync(join(folder, "index.html"), title + htmldiff(older, newer));
    }
    older = newer;
  }
}

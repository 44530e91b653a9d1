/*
 * Checks the log and all published texts of this site in the reader's browser. The rules are those of
 * docs/reference/record.md. Words and addresses are those of the page: verification.html.j2.
 *
 * Nothing runs before the reader's click. It requests only pages and data of this site; files are read here and sent
 * nowhere. What it shows is inserted as text, never as markup.
 *
 * Klartekst, MIT licence: https://opensource.org/license/mit
 */
(() => {
  "use strict";

  const SCHEMA = 2;
  const MAX_SIZE = 32 * 1024 * 1024;
  const MAX_DEPTH = 4000; // of a value that is written as JSON; browsers nest elements 512 deep at most
  const REQUESTS_AT_A_TIME = 4;
  const MAX_LISTED = 50;
  const MAX_PARTS_DEPTH = 20; // of a letter, with the letters that are attached to it

  /** A text, note or file that does not have the form that the rules describe. */
  class FormError extends Error {}

  // --- Hashes ----------------------------------------------------------------------------------------

  /** Return a value as canonical JSON (RFC 8785). */
  const writeJson = (value, depth = 0) => {
    if (depth > MAX_DEPTH) throw new FormError("nested too deep");
    if (Array.isArray(value)) return `[${value.map((item) => writeJson(item, depth + 1)).join(",")}]`;
    if (value !== null && typeof value === "object") {
      const write = (key) => `${JSON.stringify(key)}:${writeJson(value[key], depth + 1)}`;
      return `{${Object.keys(value).sort().map(write).join(",")}}`;
    }
    if (value !== null && typeof value !== "string" && !Number.isSafeInteger(value)) throw new FormError("no such value");
    return JSON.stringify(value);
  };

  /** Return the SHA-256 of a text in hex. */
  const hashText = async (text) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  // --- From a page to what is hashed -----------------------------------------------------------------

  const ELEMENTS = new Set(
    "section h2 h3 h4 h5 h6 p ul ol li dl dt dd blockquote pre table thead tbody tr th td hr br strong em code a sup".split(" "),
  );
  const TRANSPARENT = new Set(["div", "span"]);
  const VOID = new Set(["hr", "br"]);
  const KEPT = new Map(Object.entries({ a: ["href"], ol: ["start"], section: ["data-salt", "data-part"] }));
  // What else an element may have; see FORMS for links and boxes.
  const OTHERS = new Map(Object.entries({
    section: ["id", "lang", "data-note"], span: ["id"], h2: ["data-number"], p: ["lang", "class"], ol: ["class"], li: ["id"],
    th: ["scope", "data-label"], td: ["data-label"], sup: ["id"], div: ["class", "tabindex", "role", "aria-label"], a: ["class", "data-number", "aria-label"],
  }));
  const CLASSES = new Map(Object.entries({ div: "scroll", ol: "footnotes", a: "back", p: "title" }));
  // Around a text or a note, these would hide it, or have it read aloud as something else.
  const HIDING = "[hidden],[inert],[popover],[style],[role],[aria-hidden],[aria-label],[aria-roledescription]," +
    ".visually-hidden,template,noscript,dialog,svg,math";
  // Unlike \s, as in Python: without U+FEFF, which nobody sees.
  const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
  const SPACE_AROUND_BLOCKS = / ?(<(?!\/?(?:a|code|em|strong|sup)\b)[^<>]*>) ?/g;
  const REFERENCES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };

  const escapeText = (text) => text.replace(/[&<>]/g, (sign) => REFERENCES[sign]);
  const escapeValue = (value) => value.replace(/[&<>"']/g, (sign) => REFERENCES[sign]);
  const escapeSpace = (text) => text.replace(SPACE, (space) => Array.from(space, (one) => `&#${one.codePointAt(0)};`).join(""));

  const hasAttributes = (element, names) =>
    names.length === element.attributes.length && names.every((name) => element.hasAttribute(name));

  /** Whether a link has nothing but its target, or shows what style sheets draw: a footnote's number, the way back. */
  const isLink = (link) => {
    const { parentNode: parent, firstChild, lastChild } = link;
    if (parent.localName === "sup") {
      const { number } = link.dataset;
      const isReference = hasAttributes(link, ["href", "data-number", "aria-label"]) && !firstChild;
      return isReference && number !== "" && link.getAttribute("href").endsWith(`-note-${number}`);
    }
    if (hasAttributes(link, ["href"]) || link.attributes.length === 0) return true;
    const isLast = parent.localName === "li" && parent.id !== "" && parent.lastChild === link;
    return isLast && hasAttributes(link, ["href", "class", "aria-label"]) && !lastChild;
  };

  /** Whether a box is that of one preformatted text, which scrolls alone. */
  const isScrollingBox = (box) =>
    box.className === "scroll" && box.getAttribute("tabindex") === "0" && box.getAttribute("role") === "group" &&
    box.childNodes.length === 1 && box.firstChild.localName === "pre";

  /** Whether every label of a cell is the heading of its column. */
  const hasRightLabels = ({ rows }) => {
    const read = (text) => text.replace(SPACE, "");
    const headings = Array.from(rows[0]?.cells ?? [], (cell) => read(cell.textContent));
    return Array.from(rows).every((row) => Array.from(row.cells).every(({ dataset: { label } }, number) =>
      label === undefined || (row !== rows[0] && read(label) === headings[number])));
  };

  const FORMS = new Map(Object.entries({
    a: isLink,
    div: isScrollingBox,
    table: hasRightLabels,
    span: (anchor) => !anchor.firstChild,
    sup: ({ childNodes }) => childNodes.length === 1 && childNodes[0].localName === "a",
  }));

  /** Throw a FormError if something around an element hides it. */
  const checkFrame = (element) => {
    if (element.parentElement?.closest(HIDING)) throw new FormError("hidden");
  };

  /** Throw a FormError if something follows a text in the elements around it, up to `main`. */
  const checkEnd = (article) => {
    const around = [];
    for (let one = article; one && !["main", "body"].includes(one.localName); one = one.parentElement) around.push(one);
    for (const one of around) {
      for (let next = one.nextSibling; next; next = next.nextSibling) {
        if (one.closest("main") && !isBlank(next)) throw new FormError("something after the text");
      }
    }
  };

  /** Return the attributes of an element that count, in the order of the page. */
  const writeAttributes = (element) => {
    const kept = KEPT.get(element.localName) ?? [];
    let text = "";
    for (const { name, value } of element.attributes) {
      if (kept.includes(name)) text += ` ${name}="${escapeValue(value)}"`;
      else if (!OTHERS.get(element.localName)?.includes(name)) throw new FormError(`attribute ${name}`);
      else if (name === "class" && value !== CLASSES.get(element.localName)) throw new FormError(`class ${value}`);
    }
    if (FORMS.has(element.localName) && !FORMS.get(element.localName)(element)) throw new FormError("form of an element");
    return text;
  };

  /** Whether an element is the title of a note that is the heading of its page, without attributes. */
  const isHeadingOfPage = (node) =>
    node.localName === "h1" && node.attributes.length === 0 && node.parentNode.dataset?.part === "title";

  const writeNode = (node, depth) => {
    const tag = isHeadingOfPage(node) ? "p" : node.localName;
    if (node.nodeType === Node.TEXT_NODE) {
      const isCode = node.parentNode.localName === "code" && node.parentNode.parentNode.localName === "pre";
      return isCode ? escapeSpace(escapeText(node.data)) : escapeText(node.data);
    }
    if (node.nodeType !== Node.ELEMENT_NODE || depth > MAX_DEPTH) throw new FormError("no text and no element");
    if (!ELEMENTS.has(tag) && !TRANSPARENT.has(tag)) throw new FormError(`element ${tag}`);
    const attributes = writeAttributes(node);
    const content = Array.from(node.childNodes, (child) => writeNode(child, depth + 1)).join("");
    if (TRANSPARENT.has(tag)) return content;
    return VOID.has(tag) ? `<${tag}${attributes}>` : `<${tag}${attributes}>${content}</${tag}>`;
  };

  /** Return the plain markup of an element: what readers see of it. */
  const writePlainMarkup = (element) => writeNode(element, 0).replace(SPACE, " ").replace(SPACE_AROUND_BLOCKS, "$1");

  const isBlank = (node) => node.nodeType === Node.TEXT_NODE && node.data.replace(SPACE, "") === "";

  /** Return the id and the hash of each section of the text in an article. */
  const hashArticle = async (article) => {
    if ([...article.attributes].some(({ name }) => !["data-version", "data-salts", "lang"].includes(name))) {
      throw new FormError("attribute of the text");
    }
    checkFrame(article);
    checkEnd(article);
    const sections = [...article.childNodes].filter((node) => !isBlank(node));
    const salts = article.dataset.salts?.trim().split(/\s+/) ?? sections.map(() => "");
    if (salts.length !== sections.length) throw new FormError("number of salts");
    if (sections.some((node) => node.localName !== "section")) throw new FormError("words outside sections");
    const hashes = await Promise.all(sections.map((section, at) => hashText(salts[at] + writePlainMarkup(section))));
    return sections.map(({ id }, at) => ({ id, hash: hashes[at] }));
  };

  const joinHashes = (sections) => hashText(sections.map(({ hash }) => hash).join(""));

  /** Tell whether a text is as stated, and was the published one before words were removed, the last ones first. */
  const isTextAsStated = async (sections, stated) => {
    if ((await joinHashes(sections)) !== stated.document) return false;
    const former = [...sections];
    for (const { section, before, documentBefore } of stated.removals.toReversed()) {
      const at = former.findIndex(({ id }) => id === section);
      if (at < 0) return false;
      former[at] = { id: section, hash: before };
      if ((await joinHashes(former)) !== documentBefore) return false;
    }
    return true;
  };

  /** Return the hash of a note from its parts. */
  const hashNote = (parts) => {
    parts.forEach(checkFrame);
    return hashText(parts.map(writePlainMarkup).join(""));
  };

  /** Return what a function computes; undefined if the text does not have the form that it needs. */
  const tryTo = async (compute) => {
    try {
      return await compute();
    } catch (error) {
      if (error instanceof FormError) return undefined;
      throw error;
    }
  };

  // --- The forms of the files ------------------------------------------------------------------------

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const isText = (value) => typeof value === "string" && value.length < 10_000;
  const matches = (pattern) => (value) => typeof value === "string" && pattern.test(value);
  const orNull = (accepts) => (value) => value === null || accepts(value);
  const isListOf = (accepts) => (value) => Array.isArray(value) && value.every(accepts);
  const isMapOf = (accepts) => (value) => isObject(value) && Object.values(value).every(accepts);
  const hasFields = (fields) => (value) =>
    isObject(value) && Object.entries(fields).every(([name, accepts]) => Object.hasOwn(value, name) && accepts(value[name]));
  const hasOnlyFields = (fields) => (value) =>
    hasFields(fields)(value) && Object.keys(value).length === Object.keys(fields).length;

  const isHash = matches(/^[0-9a-f]{64}$/);
  const isDay = matches(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
  const isVersion = matches(/^\d{1,6}\.\d{1,6}$/);
  const isNote = hasOnlyFields({ note: orNull(isHash) });

  const EFFECT = { version: isVersion, by: isVersion };
  const NOTES = { version: isVersion, languages: isMapOf(isNote) };
  const LANGUAGE = { language: isText, version: isVersion };
  const KINDS = new Map(Object.entries({
    "published": {
      version: isVersion,
      level: isText,
      effective: isDay,
      channels: isListOf(isText),
      languages: isMapOf(hasOnlyFields({ document: isHash, note: orNull(isHash) })),
    },
    "note-mended": NOTES,
    "explained": NOTES,
    "withdrawn": EFFECT,
    "brought-forward": EFFECT,
    "redacted": {
      language: isText,
      versions: isMapOf(hasOnlyFields({ section: isText, before: isHash, document: isHash })),
    },
    "language-added": LANGUAGE,
    "language-discontinued": LANGUAGE,
    "adopted": { version: isVersion },
  }));
  const BASE = { kind: isText, day: isDay, previous: orNull(isHash), hash: isHash };

  const isEntry = (value) => isObject(value) && KINDS.has(value.kind) && hasOnlyFields({ ...BASE, ...KINDS.get(value.kind) })(value);
  const isLog = (value) => hasFields({ entries: isListOf(isObject) })(value) && value.schema === SCHEMA && value.entries.length > 0;
  const isList = hasFields({
    versions: isListOf(hasFields({
      version: isVersion,
      level: isText,
      published: isDay,
      effective: isDay,
      channels: isListOf(isText),
      entry: isText,
      withdraws: isListOf(isText),
      withdrawn_by: orNull(isText),
      brings_forward: isListOf(isText),
      languages: isMapOf(hasFields({ redline_url: orNull(isText) })),
    })),
  });

  // --- The log ---------------------------------------------------------------------------------------

  /** Recompute the chain: return the hash of each entry, and how many entries from the first on are in order. */
  const checkChain = async (entries, report) => {
    const hashes = [];
    let sound = entries.length;
    for (const [at, entry] of entries.entries()) {
      const before = entries[at - 1];
      const fail = (key) => {
        sound = Math.min(sound, at);
        report(key, { entry: at + 1, day: entry.day });
      };
      hashes.push("");
      if (!isEntry(entry)) {
        fail("entry-form");
        continue;
      }
      const { hash, ...content } = entry;
      hashes[at] = await hashText(writeJson(content));
      if (hashes[at] !== hash) fail("entry-hash");
      if (entry.previous !== (before ? before.hash : null)) fail("entry-chain");
      if (before && entry.day < before.day) fail("entry-day");
    }
    return { hashes, sound };
  };

  /** Return what the log states of each version, by its number. */
  const readVersions = (entries, report) => {
    const versions = new Map();

    const publish = ({ version, level, day, effective, channels, hash, languages }) => {
      if (versions.has(version)) return false;
      const texts = new Map(Object.entries(languages).map(([code, hashes]) => [code, { ...hashes, removals: [] }]));
      versions.set(version, {
        level, day, effective, channels, hash, texts, withdraws: [], withdrawnBy: null, bringsForward: [], isImported: false,
      });
      return true;
    };

    const state = (number, code, hashes) => {
      const text = versions.get(number)?.texts.get(code);
      return text !== undefined && Boolean(Object.assign(text, hashes));
    };

    const remove = (number, code, { section, before, document }) => {
      const text = versions.get(number)?.texts.get(code);
      if (!text) return false;
      text.removals.push({ section, before, documentBefore: text.document });
      text.document = document;
      return true;
    };

    const linkVersions = ({ kind, version, by }) => {
      const [other, cause] = [versions.get(version), versions.get(by)];
      if (!other || !cause) return false;
      if (kind === "withdrawn") {
        other.withdrawnBy = by;
        cause.withdraws.push(version);
      } else {
        cause.bringsForward.push(version);
      }
      return true;
    };

    // The versions up to the newest are from before the log: only once, and nobody was told of them.
    const adopt = ({ version }) => {
      const older = Array.from(versions.values());
      const isRight = Array.from(versions.keys()).pop() === version &&
        older.every(({ channels, isImported }) => channels.length === 0 && !isImported);
      for (const one of older) one.isImported = true;
      return isRight;
    };

    const follow = (entry) => {
      if (entry.kind === "published") return publish(entry);
      if ("by" in entry) return linkVersions(entry);
      if (entry.kind === "redacted") {
        return Object.entries(entry.versions).every(([number, removal]) => remove(number, entry.language, removal));
      }
      if (entry.kind === "adopted") return adopt(entry);
      if ("language" in entry) return versions.has(entry.version);
      return Object.entries(entry.languages).every(([code, hashes]) => state(entry.version, code, hashes));
    };

    for (const [at, entry] of entries.entries()) {
      if (isEntry(entry) && !follow(entry)) report("entry-version", { entry: at + 1, day: entry.day });
    }
    return versions;
  };

  /** Compare the list of versions with the log. */
  const checkList = (rows, versions, report) => {
    for (const [version, stated] of versions) {
      const row = rows.get(version);
      const listed = row && [
        row.level, row.published, row.effective, String(row.imported === true), row.channels, row.entry, [...row.withdraws].sort(), row.withdrawn_by,
        [...row.brings_forward].sort(), Object.keys(row.languages).sort(),
      ];
      const logged = [
        stated.level, stated.day, stated.effective, String(stated.isImported), stated.channels, stated.hash, stated.withdraws.sort(),
        stated.withdrawnBy, stated.bringsForward.sort(), [...stated.texts.keys()].sort(),
      ];
      if (!row) report("version-missing", { version });
      else if (writeJson(listed) !== writeJson(logged)) report("version-differs", { version });
    }
    for (const version of rows.keys()) {
      if (!versions.has(version)) report("version-unknown", { version });
    }
  };

  // --- The pages -------------------------------------------------------------------------------------

  /** Return the response to a request for a file of this site; null if it cannot be read. */
  const request = (address, type) =>
    new Promise((resolve) => {
      const sent = new XMLHttpRequest();
      sent.open("GET", address);
      sent.responseType = type;
      sent.setRequestHeader("Cache-Control", "no-cache");
      if (type === "document") sent.overrideMimeType("text/html; charset=utf-8");
      sent.onprogress = ({ loaded }) => {
        if (loaded <= MAX_SIZE) return;
        resolve(null);
        sent.abort();
      };
      sent.onload = () => resolve(sent.status === 200 ? sent.response : null);
      sent.onerror = sent.onabort = () => resolve(null);
      sent.send();
    });

  /** Return the sections of the only text on a page, and its version; undefined if there is no such text. */
  const readText = (page) =>
    tryTo(async () => {
      const articles = page.querySelectorAll("article[data-version]");
      if (articles.length !== 1) throw new FormError("number of texts");
      return { version: articles[0].dataset.version, sections: await hashArticle(articles[0]) };
    });

  const listNotes = (...pages) => pages.flatMap((page) => [...page.querySelectorAll("[data-note]")]);

  const isNoteAsStated = async (notes, version, stated) => {
    const found = notes.filter((element) => element.dataset.note === version);
    if (stated === null) return found.length === 0;
    return found.every(({ localName }) => localName === "section") && (await tryTo(() => hashNote(found))) === stated;
  };

  const checkVersionPage = async (page, version, stated, code, report) => {
    const text = await readText(page);
    if (text?.version !== version || !(await isTextAsStated(text.sections, stated.texts.get(code)))) report("text-differs");
    if (page.querySelector("p.record code")?.textContent !== stated.hash) report("entry-shown");
  };

  const checkChangesPage = async (page, version, stated, code, report) => {
    if (!(await isNoteAsStated(listNotes(page), version, stated.texts.get(code).note))) report("note-differs");
  };

  const checkFrontPage = async (page, versions, code, report) => {
    const text = await readText(page);
    const stated = versions.get(text?.version)?.texts.get(code);
    if (!stated || !(await isTextAsStated(text.sections, stated))) report("front-differs");
  };

  /** Check a change log, whose older years are on pages of their own. */
  const checkChangelog = async (page, versions, code, report, address) => {
    const pages = [page];
    const years = Array.from(page.querySelectorAll("a[data-year]"), ({ dataset }) => dataset.year);
    for (const year of new Set(years.filter((digits) => /^[0-9]{4}$/.test(digits)))) {
      const older = await request(`${address}${year}/`, "document");
      if (older) pages.push(older);
      else report("front-missing");
    }
    const notes = listNotes(...pages);
    for (const [version, { texts }] of versions) {
      const stated = texts.get(code)?.note ?? null;
      if (!(await isNoteAsStated(notes, version, stated))) report("note-differs", { version });
    }
    for (const { dataset } of notes) {
      if (!versions.has(dataset.note)) report("note-differs", { version: dataset.note });
    }
  };

  /** Return what there is to check on pages, each as an address, values for messages, and a function. */
  const listChecks = (versions, rows, languages) => {
    const checks = [];
    for (const [version, stated] of versions) {
      for (const code of stated.texts.keys()) {
        const language = languages.get(code);
        const values = { version, language: language?.name ?? code };
        const add = (place, check) => {
          const address = language?.[place].replace("{version}", version);
          checks.push({ address, values, check: (page, report) => check(page, version, stated, code, report) });
        };
        add("version", checkVersionPage);
        if (Object.hasOwn(rows.get(version)?.languages ?? {}, code) && rows.get(version).languages[code].redline_url) {
          add("changes", checkChangesPage);
        }
      }
    }
    for (const [code, { name, home, changelog }] of languages) {
      const values = { language: name };
      checks.push({ address: home, values, check: (page, report) => checkFrontPage(page, versions, code, report) });
      const check = (page, report) => checkChangelog(page, versions, code, report, changelog);
      checks.push({ address: changelog, values, check });
    }
    return checks;
  };

  /** Check all pages, a few at a time; return the problems in the order of `checks`. */
  const checkPages = async (checks, showProgress) => {
    const problems = checks.map(() => []);
    const waiting = checks.entries();
    let done = 0;
    const work = async () => {
      for (const [at, { address, values, check }] of waiting) {
        const report = (key, more) => problems[at].push({ key, values: { ...values, ...more }, address });
        const page = address === undefined ? null : await request(address, "document");
        if (page) await check(page, report);
        else report("version" in values ? "page-missing" : "front-missing");
        done += 1;
        showProgress(done, checks.length);
      }
    };
    await Promise.all(Array.from({ length: REQUESTS_AT_A_TIME }, work));
    return problems.flat();
  };

  // --- What the reader has saved ---------------------------------------------------------------------

  const HEADER_FIRST = /^[!-9;-~]+:/;
  const DIGITS = /[0-9a-f]{32,}/g;

  const decodeBytes = (binary, charset) => {
    const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
    try {
      return new TextDecoder(charset).decode(bytes);
    } catch {
      return new TextDecoder().decode(bytes);
    }
  };

  const DECODERS = new Map(Object.entries({
    "quoted-printable": (text, charset) =>
      text.replace(/=[ \t]*\r?\n/g, "").replace(/(?:=[0-9A-F]{2})+/gi, (signs) =>
        decodeBytes(signs.slice(1).split("=").map((one) => String.fromCharCode(Number.parseInt(one, 16))).join(""), charset)),
    "base64": (text, charset) => {
      try {
        return decodeBytes(atob(text.replace(/[^A-Za-z0-9+/]/g, "")), charset);
      } catch {
        return "";
      }
    },
  }));

  /** Return the headers and the text of all parts of a message, also of messages attached to it as files. */
  const listParts = (message, depth = 0) => {
    if (depth > MAX_PARTS_DEPTH) return [];
    const text = message.trimStart();
    const end = HEADER_FIRST.test(text) ? (/\r?\n\r?\n/.exec(text)?.index ?? text.length) : 0;
    const head = text.slice(0, end).replace(/\r?\n[ \t]+/g, " ");
    const body = text.slice(end);
    const read = (name) => new RegExp(`^${name}:(.*)$`, "im").exec(head)?.[1].trim() ?? "";
    const find = (name, value) => new RegExp(`${name}="?([^";]+)`, "i").exec(value)?.[1].trim();
    const type = read("content-type");
    const boundary = find("boundary", type);
    if (/^multipart\//i.test(type) && boundary) {
      const sign = boundary.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
      const parts = body.split(new RegExp(`^--${sign}(?:--)?[ \\t]*\\r?$`, "m"));
      return [{ head, text: "" }, ...parts.slice(1).flatMap((part) => listParts(part, depth + 1))];
    }
    const decode = DECODERS.get(read("content-transfer-encoding").toLowerCase()) ?? ((same) => same);
    const content = decode(body, find("charset", type));
    const name = `${type} ${read("content-disposition")}`;
    if (/^(?:message\/rfc822|application\/octet-stream)\b/i.test(type) || /\.eml\b/i.test(name)) {
      return [{ head, text: "" }, ...listParts(content, depth + 1)];
    }
    if (type && !/^text\//i.test(type)) return [{ head, text: "" }];
    return [{ head, text: /^text\/html\b/i.test(type) ? content.replace(/<[^<>]*>/g, " ") : content }];
  };

  /** Return what may be codes in a letter: those of headers, else those in its words. */
  const findCodes = (letter) => {
    const parts = listParts(letter);
    const ofHeaders = parts.flatMap(({ head }) =>
      [...head.matchAll(/^policy-log-entry:\s*([0-9a-f]{64})\s*$/gim)].map((found) => found[1].toLowerCase()));
    return ofHeaders.length ? ofHeaders : parts.flatMap(({ text }) =>
      (text.toLowerCase().match(DIGITS) ?? []).filter((digits) => digits.length <= 64));
  };

  const parseJson = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  /** Whether words of a version that was published up to an entry were removed after it. */
  const hasLaterRemoval = (entries, at) => {
    const numbers = new Set(entries.slice(0, at + 1).filter(({ kind }) => kind === "published").map(({ version }) => version));
    return entries.slice(at + 1).some((entry) =>
      isEntry(entry) && entry.kind === "redacted" && Object.keys(entry.versions).some((number) => numbers.has(number)));
  };

  /** Return a message for each entry that says that words were removed from published versions. */
  const listRemovals = (entries, languages) =>
    [...entries.entries()].filter(([, entry]) => isEntry(entry) && entry.kind === "redacted")
      .map(([at, { day, language, versions }]) => ({
        key: "removed",
        values: {
          entry: at + 1, day, section: [...new Set(Object.values(versions).map(({ section }) => section))].join(", "), language: languages.get(language)?.name ?? language,
          versions: Object.keys(versions).join(", "),
        },
      }));

  /** Return a verdict on a code of 32 or 64 digits. */
  const judgeCode = (code, entries, chain) => {
    const at = chain.hashes.findIndex((hash) => hash.startsWith(code));
    if (at < 0) return { key: "code-missing", fits: false };
    const { day, version, kind } = entries[at];
    const values = { entry: at + 1, count: entries.length, day, version };
    if (at >= chain.sound) return { key: "code-damaged", values, fits: false };
    const key = kind === "published" ? "code-version" : "code-entry";
    return { key: hasLaterRemoval(entries, at) ? `${key}-removed` : key, values, fits: true };
  };

  /** Return a verdict on a saved log. */
  const judgeLog = async (saved, entries, chain) => {
    const { hashes, sound } = await checkChain(saved, () => {});
    if (sound < saved.length) return { key: "saved-damaged", fits: false };
    const at = hashes.findIndex((hash, number) => hash !== chain.hashes[number]);
    const last = saved.length - 1;
    if (at >= entries.length) return { key: "saved-longer", values: { entry: at + 1, day: saved[at].day }, fits: false };
    if (at >= 0) return { key: "saved-differs", values: { entry: at + 1, day: saved[at].day }, fits: false };
    const values = { entry: last + 1, count: saved.length, day: saved[last].day };
    if (last >= chain.sound) return { key: "code-damaged", values, fits: false };
    return { key: hasLaterRemoval(entries, last) ? "saved-fits-removed" : "saved-fits", values, fits: true };
  };

  /** Return a verdict on a file, a letter or a saved log. */
  const judgeFile = async (file, entries, chain) => {
    if (file.size > MAX_SIZE) return { key: "file-unusable", fits: false };
    const text = await file.text().catch(() => ""); // without a byte order mark
    if (text.trimStart().startsWith("{")) {
      const saved = parseJson(text);
      return isLog(saved) ? judgeLog(saved.entries, entries, chain) : { key: "file-unusable", fits: false };
    }
    const codes = findCodes(text);
    const code = codes.find((one) => chain.hashes.some((hash) => hash.startsWith(one))) ?? codes[0];
    return code ? judgeCode(code, entries, chain) : { key: "file-unusable", fits: false };
  };

  // --- The page --------------------------------------------------------------------------------------

  /** Return the words, languages and months that the page has for this script. */
  const readPage = () => {
    const { content } = document.getElementById("_words");
    const all = (name) => [...content.querySelectorAll(`[data-${name}]`)];
    return {
      words: new Map(all("word").map((element) => [element.dataset.word, element.textContent])),
      languages: new Map(all("language").map(({ dataset, textContent }) => [dataset.language, { ...dataset, name: textContent }])),
      months: all("month").map((element) => element.textContent),
    };
  };

  const page = readPage();
  const form = document.getElementById("_check");
  const { code: codeField, file: fileField } = form.elements;
  const progress = document.getElementById("_progress");
  const result = document.getElementById("_result");
  const removalList = document.getElementById("_removals");
  const problemList = document.getElementById("_problems");

  /** Return a day in words; the page has an example of each month. */
  const formatDay = (day) => {
    if (!isDay(day)) return "?";
    const [year, month, date] = day.split("-");
    return page.months[month - 1].replace("22", Number(date)).replace("2001", year);
  };

  const format = ({ key, values = {} }) =>
    page.words.get(key).replace(/\{(\w+)\}/g, (_, name) => (name === "day" ? formatDay(values.day) : String(values[name])));

  const createElement = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  };

  const showResult = (verdicts) => {
    result.replaceChildren(
      ...verdicts.map((verdict) => {
        const paragraph = createElement("p", format(verdict));
        if ("fits" in verdict) paragraph.className = verdict.fits ? "fits" : "differs";
        return paragraph;
      }),
    );
  };

  const showList = (list, problems) => {
    list.replaceChildren(
      ...problems.slice(0, MAX_LISTED).map((problem) => {
        const item = createElement("li", problem.address ? "" : format(problem));
        if (problem.address) {
          item.append(createElement("a", format(problem)));
          item.firstChild.href = problem.address;
        }
        return item;
      }),
    );
    const more = problems.length - MAX_LISTED;
    if (more > 0) list.append(createElement("li", format({ key: "more", values: { count: more } })));
    list.hidden = problems.length === 0;
  };

  const showProgress = (done, count) => {
    progress.max = count;
    progress.value = done;
  };

  /** Check everything; return verdicts and problems. */
  const check = async (code, file) => {
    const { root } = form.dataset;
    const [log, data] = await Promise.all([request(`${root}api/log.json`, "json"), request(`${root}api/versions.json`, "json")]);
    if (!isLog(log)) return { verdicts: [{ key: "log-unreadable", fits: false }], removals: [], problems: [] };

    const problems = [];
    const report = (key, values) => problems.push({ key, values });
    const chain = await checkChain(log.entries, report);
    const versions = readVersions(log.entries, report);
    const rows = new Map(isList(data) ? data.versions.map((row) => [row.version, row]) : []);
    if (isList(data)) checkList(rows, versions, report);
    else report("list-unreadable", {});

    problems.push(...(await checkPages(listChecks(versions, rows, page.languages), showProgress)));
    const witnesses = [];
    if (code) witnesses.push(judgeCode(code, log.entries, chain));
    if (file) witnesses.push(await judgeFile(file, log.entries, chain));
    const texts = [...versions.values()].reduce((count, version) => count + version.texts.size, 0);
    const whole = problems.length
      ? { key: "differs", values: { count: problems.length }, fits: false }
      : { key: "fits", values: { entries: log.entries.length, texts }, fits: true };
    const verdicts = [...witnesses, whole, ...(witnesses.length ? [] : [{ key: "no-witness" }])];
    return { verdicts, removals: listRemovals(log.entries, page.languages), problems };
  };

  /** Return the pasted code without blanks, in lower case; show whether it can be one. */
  const readPastedCode = () => {
    const code = codeField.value.replace(/[\s.]/g, "").toLowerCase();
    const isCode = code === "" || /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(code);
    document.getElementById("_code-error").hidden = isCode;
    if (isCode) {
      codeField.removeAttribute("aria-invalid");
      return code;
    }
    codeField.setAttribute("aria-invalid", "true");
    codeField.focus();
    return null;
  };

  let isRunning = false;

  const run = async () => {
    const code = readPastedCode();
    if (isRunning || code === null) return;
    isRunning = true;
    showList(removalList, []);
    showList(problemList, []);
    showResult([{ key: "running" }]);
    progress.removeAttribute("value");
    progress.hidden = false;
    try {
      const { verdicts, removals, problems } = await check(code, fileField.files[0]);
      showResult(verdicts);
      showList(removalList, removals);
      showList(problemList, problems);
    } catch {
      showResult([{ key: "failed", fits: false }]);
    }
    progress.hidden = true;
    isRunning = false;
  };

  document.getElementById("_without-script").hidden = true;
  if (globalThis.crypto?.subtle) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run();
    });
  } else {
    showResult([{ key: "insecure", fits: false }]);
  }
})();

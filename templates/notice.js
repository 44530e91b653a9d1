/*
 * <policy-notice src base fallback lang seen channel>: shows a reader what is new in the privacy policy.
 *
 * Attributes
 *   src      the address of api/announcements.json
 *   base     the policy's own address, where src is a copy elsewhere; default: the folder above that of src
 *   fallback an address that is asked if src does not answer with announcements
 *   lang     the reader's language or locale, such as nn or nb_NO; default: the language of the surrounding page
 *   seen     the last version that the reader has acknowledged, "" for none. Without the attribute, the browser
 *            stores the version (localStorage), and only after the reader's click.
 *   channel  login: a dialog. alert: a banner at the position of the element.
 *
 * Events (bubbling)
 *   policy-notice:shown         the notice is visible
 *   policy-notice:acknowledged  the reader has clicked the button. After preventDefault() the notice stays open:
 *                               dispatch the event on document to close it, or call showFailure(text).
 *   detail.version is the newest version shown and detail.entry its entry in the log; detail.versions and
 *   detail.entries are those of all versions shown, the newest first; detail.channel is the channel.
 *
 * Needs no cookie, no inline style and no inline script. Texts are inserted as text, never as markup; links lead only
 * below the policy's own address; when anything fails or is malformed, the page stays as it was.
 *
 * Klartekst, MIT licence: https://opensource.org/license/mit
 */
(() => {
  "use strict";

  const STYLE = `
    :host { --paper: #fff; --ink: #1b2430; --line: #69788a; --link: #0b5394; display: block; }
    :host([hidden]) { display: none; }
    /* Dark only on pages that declare color-scheme: light dark; others are always light. */
    @supports (color: light-dark(#fff, #000)) {
      :host {
        --paper: light-dark(#fff, #12171e); --ink: light-dark(#1b2430, #e5eaf0);
        --line: light-dark(#69788a, #8593a5); --link: light-dark(#0b5394, #8cc2ff);
      }
    }
    dialog, section {
      box-sizing: border-box; padding: 0; border: 1px solid var(--line);
      background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
      text-align: start; overflow-wrap: break-word; hyphens: auto; hyphenate-limit-chars: 12 5 4;
    }
    dialog {
      width: min(36rem, 100vw - 16px); max-width: none; max-height: calc(100vh - 16px); max-height: calc(100dvh - 16px);
      overflow: hidden; border-radius: 8px;
    }
    /* The text scrolls; the buttons stay in sight on the smallest screen and with the largest text. */
    dialog[open] { display: flex; flex-direction: column; }
    dialog > .text { min-height: 0; overflow-y: auto; }
    dialog > .buttons { border-block-start: 1px solid var(--line); }
    dialog::backdrop { background: #0009; }
    section { border-width: 1px 0; }
    section > * { max-width: 60rem; margin-inline: auto; }
    .text { padding: 16px min(24px, 5vw) 8px; }
    .buttons { display: flex; flex: none; flex-wrap: wrap; gap: 8px 12px; padding: 8px min(24px, 5vw); }
    .buttons > [role=alert] { flex-basis: 100%; margin: 0; font-weight: bold; }
    h2 { margin-block: 0 .5rem; font-size: 1.3rem; line-height: 1.3; text-wrap: balance; }
    h2:focus { outline: none; }
    h3 { margin-block: .75rem .25rem; font-size: 1.05rem; line-height: 1.3; }
    p, ul, ol { margin-block: 0 .5rem; }
    ul, ol { padding-inline-start: 1.4em; }
    .policy { margin: 0; font-size: .9rem; }
    a { color: var(--link); }
    button {
      min-height: 44px; padding: 6px 16px; border: 2px solid var(--link); border-radius: 6px;
      background: var(--paper); color: var(--link); font: inherit; line-height: 1.3; font-weight: 600; cursor: pointer;
    }
    button:first-child { background: var(--link); color: var(--paper); }
    a:focus-visible, button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
  `;

  const SCHEMA = 2;
  const SIZE_LIMIT = 256 * 1024; // characters of the whole file
  const LIST_LIMIT = 100;
  const TEXT_LIMIT = 20_000;
  const VERSION = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;
  const ENTRY = /^[0-9a-f]{64}$/;
  const ITEM = /^(-|\d{1,9}\.)$/;
  const DEPTH_LIMIT = 5;
  const CODE = /^[a-z]{2,3}$/;
  const READER = /^([a-z]{2,3}|\*)$/;
  const LEVELS = ["minor", "major", "special"];
  const CHANNELS = ["help_centre", "login", "email", "alert"];
  const LABELS = ["heading", "action", "facts", "unchanged", "more", "all", "acknowledge", "later"];
  const TEXTS = ["title", "effective_line", "summary"];
  const LINES = ["summary_lines", "action_lines"];
  const ROWS = ["facts", "unchanged"];
  const ADDRESSES = ["changes_url", "announcement_url", "since_url"];

  const matches = (pattern, value) => typeof value === "string" && pattern.test(value);

  const isVersion = (value) => matches(VERSION, value);

  /** Compare two versions by their numbers: 2.10 comes after 2.9. */
  const compareVersions = (one, other) => {
    const [major, minor] = one.split(".").map(Number);
    const [otherMajor, otherMinor] = other.split(".").map(Number);
    return major - otherMajor || minor - otherMinor;
  };

  /** Return the newer of two versions; `other` where `one` is no version. */
  const newerVersion = (one, other) =>
    isVersion(one) && (!isVersion(other) || compareVersions(one, other) > 0) ? one : other;

  /** Create an element from text and other elements; text is never parsed as markup. */
  const createElement = (tag, ...children) => {
    const element = document.createElement(tag);
    element.append(...children);
    return element;
  };

  const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  const isList = (value, isItem) => Array.isArray(value) && value.length <= LIST_LIMIT && value.every(isItem);

  const areDistinct = (values) => new Set(values).size === values.length;

  /** Whether a value is a text that says something: with a letter or a digit, without control characters. */
  const isText = (value) =>
    typeof value === "string" &&
    value.length <= TEXT_LIMIT &&
    /[\p{L}\p{N}]/u.test(value) &&
    !/(?![\n\t])[\p{Cc}\p{Cs}]/u.test(value);

  /** Whether a value is a day that the calendar has; throws RangeError for some that it lacks. */
  const isDay = (value) =>
    matches(/^\d{4}-\d\d-\d\d$/, value) && new Date(`${value}T00:00Z`).toISOString().startsWith(value);

  /** Whether a value is an address below another; throws TypeError if it is no address. */
  const isBelow = (value, base) => typeof value === "string" && new URL(value).href.startsWith(base);

  const isLanguage = (value, base) =>
    isRecord(value) &&
    matches(CODE, value.code) &&
    isList(value.readers, (reader) => matches(READER, reader)) &&
    (value.home === null || isBelow(value.home, base)) &&
    isRecord(value.labels) &&
    LABELS.every((name) => isText(value.labels[name]));

  /** Whether a value is a paragraph, whose `item` is null, or an item of a list, after the sign or number in `item`. */
  const isLine = (value) =>
    isRecord(value) &&
    isText(value.text) &&
    (value.item === null || matches(ITEM, value.item)) &&
    Number.isInteger(value.depth) &&
    value.depth >= (value.item === null ? 0 : 1) &&
    value.depth <= DEPTH_LIMIT;

  const isTranslation = (value, base) =>
    isRecord(value) &&
    TEXTS.every((name) => isText(value[name])) &&
    (value.action === "" || isText(value.action)) &&
    LINES.every((name) => isList(value[name], isLine)) &&
    value.summary_lines.length > 0 &&
    ROWS.every((name) => isList(value[name], isText)) &&
    isBelow(value.url, base) &&
    ADDRESSES.every((name) => value[name] === null || isBelow(value[name], base));

  const isAnnouncement = (value, codes, base) =>
    isRecord(value) &&
    isVersion(value.version) &&
    matches(ENTRY, value.entry) &&
    LEVELS.includes(value.level) &&
    isList(value.channels, (channel) => CHANNELS.includes(channel)) &&
    [value.published, value.effective, value.until].every(isDay) &&
    isRecord(value.languages) &&
    Object.keys(value.languages).length > 0 &&
    Object.entries(value.languages).every(([code, texts]) => codes.includes(code) && isTranslation(texts, base));

  /**
   * Return what api/announcements.json holds; throws an error if any of it is malformed. Nothing of a malformed file is
   * shown: who acknowledges the newest version would acknowledge one that was left out, too.
   */
  const parseAnnouncements = (text, base) => {
    const data = JSON.parse(text);
    const isValid =
      isRecord(data) &&
      data.schema === SCHEMA &&
      isList(data.languages, (language) => isLanguage(language, base)) &&
      areDistinct(data.languages.map(({ code }) => code)) &&
      isList(data.announcements, (one) =>
        isAnnouncement(one, data.languages.map(({ code }) => code), base)) &&
      areDistinct(data.announcements.map(({ version }) => version)) &&
      areDistinct(data.announcements.map(({ entry }) => entry));
    if (!isValid) throw new Error(`the announcements of ${base} are malformed, or those of another address`);
    return data;
  };

  /** Return the text of a response; throws an error if it is too long or not UTF-8, before the rest is loaded. */
  const readText = async (response) => {
    const reader = response.body
      .pipeThrough(new TextDecoderStream("utf-8", { fatal: true, ignoreBOM: true }))
      .getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += value;
      if (text.length > SIZE_LIMIT) {
        await reader.cancel();
        throw new Error("the announcements are too long");
      }
    }
  };

  /**
   * Return the best of some languages for a reader: their own, else the first for such readers, else the first for
   * every reader, else the first. The policy's letters and the WordPress plugin have the same rule.
   */
  const chooseLanguage = (tag, languages) => {
    const code = tag.split(/[-_.@]/)[0].toLowerCase();
    return (
      languages.find((language) => language.code === code) ??
      languages.find(({ readers }) => readers.includes(code)) ??
      languages.find(({ readers }) => readers.includes("*")) ??
      languages[0]
    );
  };

  /** Return paragraphs and lists from lines; `label` begins the first paragraph. */
  const createTexts = (lines, label = "") => {
    const root = createElement("div");
    if (label && lines[0]?.item !== null) root.append(createElement("p", createElement("strong", label)));
    const lists = []; // those that are open, the outermost first
    for (const [index, { text, item, depth }] of lines.entries()) {
      const words = label && !index && item === null ? [createElement("strong", label), ` ${text}`] : [text];
      const tag = item === null ? "p" : item === "-" ? "ul" : "ol";
      lists.length = Math.min(lists.length, depth);
      if (tag !== "p" && lists.length === depth && lists[depth - 1].localName !== tag) lists.pop();
      const parent = lists.at(-1)?.lastChild ?? root;
      if (tag === "p") {
        parent.append(createElement("p", ...words));
        continue;
      }
      if (lists.length < depth) {
        lists.push(createElement(tag));
        parent.append(lists.at(-1));
      }
      const entry = createElement("li", ...words);
      if (tag === "ol") entry.value = Number.parseInt(item, 10);
      lists.at(-1).append(entry);
    }
    return [...root.childNodes];
  };

  /** Return a labelled list; nothing without rows. */
  const createRows = (rows, label) =>
    rows.length
      ? [createElement("p", createElement("strong", label)), createElement("ul", ...rows.map((row) => createElement("li", row)))]
      : [];

  class PolicyNotice extends HTMLElement {
    #baseUrl; // the policy's address: links must lead below it
    #languages; // those of the site and of its announcements, in the order of the site
    #announcements; // those shown, the newest first
    #box; // the dialog or the banner
    #hasStarted = false;

    /** Close unless something newer is shown here, once every listener of the event could prevent it. */
    #closeWhenAcknowledged = (event) =>
      queueMicrotask(() => {
        const version = event.detail?.version;
        if (event.defaultPrevented || !isVersion(version)) return;
        if (compareVersions(version, this.version) >= 0) this.#close();
      });

    /** The newest version shown. */
    get version() {
      return this.#announcements[0].version;
    }

    connectedCallback() {
      if (this.#box) this.#reopen();
      if (this.#hasStarted) return;
      this.#hasStarted = true;
      // Whatever fails, the page stays as it was; the webmaster can see why.
      this.show().catch((error) => console.warn(`policy-notice: ${error.message}`));
    }

    disconnectedCallback() {
      document.removeEventListener("policy-notice:acknowledged", this.#closeWhenAcknowledged);
    }

    /** Load the announcements and show those that concern the reader; resolves when shown, or when there are none. */
    async show() {
      const channel = this.getAttribute("channel");
      if (channel !== "login" && channel !== "alert") return;
      const source = new URL(this.getAttribute("src"), document.baseURI);
      // Of an address without a final slash, the folder: its name may be the beginning of another one.
      this.#baseUrl = new URL("./", new URL(this.getAttribute("base") ?? "../", source)).href;
      const loaded = await this.#loadFrom(source);
      if (!loaded) return;
      const { announcements, languages } = loaded;
      this.#languages = languages;
      const unseen = this.#selectUnseen(announcements, channel);
      // Put back later, the element asks again.
      this.#hasStarted = this.isConnected;
      if (!unseen.length || !this.isConnected) return;
      this.channel = channel;
      this.#announcements = unseen;
      this.#mount(this.#renderBox(unseen));
      document.addEventListener("policy-notice:acknowledged", this.#closeWhenAcknowledged);
      this.#dispatch("shown");
    }

    /** Return the announcements of an address, or else of `fallback`; null if neither answers. */
    async #loadFrom(source) {
      if (!this.hasAttribute("fallback")) return this.#load(source);
      // What closes an address may answer with a page of its own.
      const loaded = await this.#load(source).catch(() => null);
      return loaded ?? this.#load(new URL(this.getAttribute("fallback"), document.baseURI));
    }

    async #load(source) {
      const response = await fetch(source, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });
      return response.ok ? parseAnnouncements(await readText(response), this.#baseUrl) : null;
    }

    /** Return the announcements of a channel that the reader has not seen and that still apply, the newest first. */
    #selectUnseen(announcements, channel) {
      const seen = this.hasAttribute("seen") ? this.getAttribute("seen") : this.#storedVersion();
      const today = new Date().toISOString().slice(0, 10);
      return announcements
        .filter((one) => one.channels.includes(channel) && one.until >= today)
        .filter((one) => !isVersion(seen) || compareVersions(one.version, seen) > 0)
        .sort((one, other) => compareVersions(other.version, one.version));
    }

    /** Return the languages that an announcement has. */
    #languagesOf(announcement) {
      return this.#languages.filter(({ code }) => Object.hasOwn(announcement.languages, code));
    }

    /** Return the best of some languages for the reader. */
    #chooseFrom(languages) {
      return chooseLanguage(this.closest('[lang]:not([lang=""])')?.lang || navigator.language || "", languages);
    }

    /** Return the texts of an announcement, and the code of their language. */
    #textsOf(announcement) {
      const { code } = this.#chooseFrom(this.#languagesOf(announcement));
      return { ...announcement.languages[code], code };
    }

    /** Return the dialog or the banner with the announcements, a link to all changes and the buttons. */
    #renderBox(announcements) {
      const { code, labels } = this.#chooseFrom(this.#languages);
      // One announcement is the heading itself; of several, the heading says what they are about.
      const only = announcements.length === 1 ? this.#textsOf(announcements[0]) : null;
      const heading = createElement("h2", only?.title ?? labels.heading);
      heading.id = "heading";
      if (only && only.code !== code) heading.lang = only.code;
      const text = createElement("div", heading, ...this.#renderDays(announcements, code, labels));
      text.className = "text";
      if (only) {
        const policy = createElement("p", labels.heading);
        policy.className = "policy";
        text.prepend(policy);
      }
      // The change log since the version before the oldest announcement covers all of them.
      const sinceUrl = this.#textsOf(announcements.at(-1)).since_url;
      if (sinceUrl) text.append(this.#renderLink(labels.all, sinceUrl));
      const acknowledge = createElement("button", labels.acknowledge);
      acknowledge.addEventListener("click", () => this.#acknowledge());
      const buttons = createElement("div", acknowledge);
      buttons.className = "buttons";
      const box = createElement(this.channel === "login" ? "dialog" : "section", text, buttons);
      box.lang = code;
      box.setAttribute("aria-labelledby", heading.id);
      if (this.channel === "login") {
        const later = createElement("button", labels.later);
        later.addEventListener("click", () => this.#close());
        buttons.append(later);
        box.addEventListener("close", () => this.#close());
        // A dialog focuses its first button otherwise, and a screen reader would skip the text.
        heading.tabIndex = -1;
        heading.autofocus = true;
      }
      return box;
    }

    /** Return the announcements; those that take effect on one day follow one line that says so. */
    #renderDays(announcements, code, labels) {
      let day = "";
      return announcements.flatMap((announcement) => {
        const texts = this.#textsOf(announcement);
        const article = this.#renderAnnouncement(texts, labels, announcements.length > 1);
        if (texts.code !== code) article.lang = texts.code;
        if (texts.effective_line === day) return [article];
        day = texts.effective_line;
        const line = createElement("p", day);
        line.lang = texts.code;
        return [line, article];
      });
    }

    /** Return an announcement, with its title if there are others. */
    #renderAnnouncement(texts, labels, isOneOfSeveral) {
      return createElement(
        "article",
        ...(isOneOfSeveral ? [createElement("h3", texts.title)] : []),
        ...createTexts(texts.summary_lines),
        ...(texts.action_lines.length ? createTexts(texts.action_lines, labels.action) : []),
        ...ROWS.flatMap((name) => createRows(texts[name], labels[name])),
        this.#renderLink(labels.more, texts.changes_url ?? texts.url, `${labels.more}: ${texts.title}`),
      );
    }

    /** Return a paragraph with a link; `name` is read out in place of the label. */
    #renderLink(label, url, name = label) {
      const link = createElement("a", label);
      link.href = url;
      if (name !== label) link.setAttribute("aria-label", name);
      return createElement("p", link);
    }

    /** Put the box into a shadow root, where the styles of the page do not reach it. */
    #mount(box) {
      const root = this.attachShadow({ mode: "open" });
      // A constructed style sheet needs no style-src in the page's Content-Security-Policy.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      root.append(box);
      if (this.channel === "login") box.showModal();
      // What has the focus, the heading, is not the first line of text.
      box.querySelector(".text").scrollTop = 0;
      this.#box = box;
    }

    /** Show the box again after the element was moved: the browser leaves a dialog open, but no longer modal. */
    #reopen() {
      document.addEventListener("policy-notice:acknowledged", this.#closeWhenAcknowledged);
      if (this.channel !== "login") return;
      this.#box.open = false;
      this.#box.showModal();
    }

    #close() {
      const box = this.#box;
      this.#box = undefined;
      if (box?.open) box.close();
      box?.remove();
      document.removeEventListener("policy-notice:acknowledged", this.#closeWhenAcknowledged);
    }

    #acknowledge() {
      if (!this.#dispatch("acknowledged")) return;
      if (!this.hasAttribute("seen")) this.#storeVersion();
      this.#close();
    }

    /** Show a text beside the buttons, which screen readers read out. */
    showFailure(text) {
      this.#box?.querySelector("[role=alert]")?.remove();
      const line = createElement("p", text);
      line.setAttribute("role", "alert");
      this.#box?.querySelector(".buttons").prepend(line);
    }

    /** Send one of the two events, "shown" or "acknowledged"; return whether no listener has prevented it. */
    #dispatch(event) {
      const versions = this.#announcements.map(({ version }) => version);
      const entries = this.#announcements.map(({ entry }) => entry);
      const detail = { version: versions[0], versions, entry: entries[0], entries, channel: this.channel };
      const cancelable = event === "acknowledged";
      return this.dispatchEvent(new CustomEvent(`policy-notice:${event}`, { bubbles: true, cancelable, detail }));
    }

    #storageKey() {
      return `policy-notice ${this.#baseUrl}`;
    }

    /** Return the version that this browser has stored, or null. */
    #storedVersion() {
      try {
        return localStorage.getItem(this.#storageKey());
      } catch {
        return null; // storage is blocked: a notice shown once more does less harm than one never shown
      }
    }

    /** Store the version shown, unless a newer one is stored. */
    #storeVersion() {
      try {
        localStorage.setItem(this.#storageKey(), newerVersion(this.version, this.#storedVersion()));
      } catch {
        // storage is blocked: the notice is shown again on the next page
      }
    }
  }

  if (!customElements.get("policy-notice")) customElements.define("policy-notice", PolicyNotice);
})();

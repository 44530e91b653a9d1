/*
 * <policy-notice src lang seen channel>: shows a reader what is new in the privacy policy.
 *
 * Attributes
 *   src      the address of api/announcements.json
 *   lang     the reader's language or locale, such as nn or nb_NO; default: the language of the surrounding page
 *   seen     the last version that the reader has acknowledged, "" for none. Without the attribute, the browser
 *            stores the version (localStorage), and only after the reader's click.
 *   channel  login: a dialog. alert: a banner at the position of the element.
 *
 * Events (bubbling)
 *   policy-notice:shown         the notice is visible
 *   policy-notice:acknowledged  the reader has clicked the button
 *   detail.version is the newest version shown, detail.versions are all of them, detail.channel is the channel.
 *
 * Needs no cookie, no inline style and no inline script. Texts are inserted as text, never as markup; links lead only
 * below the policy's own address; when anything fails, the page stays as it was.
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
      box-sizing: border-box; padding: 1.25rem 1.5rem; border: 1px solid var(--line);
      background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
      text-align: start; overflow-wrap: break-word;
    }
    dialog { width: min(36rem, 100vw - 2rem); max-height: calc(100vh - 2rem); overflow: auto; border-radius: 8px; }
    dialog::backdrop { background: #0009; }
    section { border-width: 1px 0; }
    section > * { max-width: 60rem; margin-inline: auto; }
    h2 { margin-block: 0 .75rem; font-size: 1.3rem; line-height: 1.3; }
    h2:focus { outline: none; }
    h3 { margin-block: 0 .25rem; font-size: 1.05rem; }
    p { margin-block: 0 .5rem; white-space: pre-line; }
    article { margin-block-end: 1rem; }
    section > div, dialog > div { margin-block-start: 1.25rem; }
    div { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; }
    a { color: var(--link); }
    button {
      min-height: 2.75rem; padding: .5rem 1rem; border: 2px solid var(--link); border-radius: 6px;
      background: var(--paper); color: var(--link); font: inherit; font-weight: 600; cursor: pointer;
    }
    button:first-child { background: var(--link); color: var(--paper); }
    a:focus-visible, button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
  `;

  const VERSION = /^\d{1,6}\.\d{1,6}$/;
  const DAY = /^\d{4}-\d\d-\d\d$/;

  const isVersion = (value) => typeof value === "string" && VERSION.test(value);

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

  /** Whether a value describes a language completely: one that does not must not hide the others. */
  const isLanguage = (value) =>
    /^[a-z]{2,3}$/.test(value?.code) && Array.isArray(value.readers) && typeof (value.labels ?? 0) === "object";

  const asText = (value) => (typeof value === "string" ? value : "");

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

  /** Return the languages of announcements that an older build made, without words for a notice: signs serve then. */
  const listLanguages = (announcements) => {
    const codes = new Set(announcements.flatMap(({ languages }) => Object.keys(languages ?? {})));
    return [...codes].map((code) => ({ code, readers: [code], labels: { acknowledge: "OK", later: "×" } }));
  };

  class PolicyNotice extends HTMLElement {
    #baseUrl; // the policy's address: links must lead below it
    #languages; // those of the site and of its announcements, in the order of the site
    #box; // the dialog or the banner
    #hasStarted = false;

    #closeWhenAcknowledged = ({ detail }) => {
      if (isVersion(detail?.version) && compareVersions(detail.version, this.version) >= 0) this.#close();
    };

    /** The newest version shown. */
    get version() {
      return this.versions[0];
    }

    connectedCallback() {
      if (this.#box) this.#reopen();
      if (this.#hasStarted) return;
      this.#hasStarted = true;
      this.show().catch(() => {}); // whatever fails, the page stays as it was
    }

    disconnectedCallback() {
      document.removeEventListener("policy-notice:acknowledged", this.#closeWhenAcknowledged);
    }

    /** Load the announcements and show those that concern the reader; resolves when shown, or when there are none. */
    async show() {
      const channel = this.getAttribute("channel");
      if (channel !== "login" && channel !== "alert") return;
      const source = new URL(this.getAttribute("src"), document.baseURI);
      this.#baseUrl = new URL("../", source).href;
      const response = await fetch(source, { credentials: "omit", referrerPolicy: "no-referrer" });
      if (!response.ok) return;
      const { announcements, languages = listLanguages(announcements) } = await response.json();
      this.#languages = Array.isArray(languages) ? languages.filter(isLanguage) : [];
      const unseen = this.#selectUnseen(announcements, channel);
      // Put back later, the element asks again.
      this.#hasStarted = this.isConnected;
      if (!unseen.length || !this.isConnected) return;
      this.channel = channel;
      this.versions = unseen.map((announcement) => announcement.version);
      this.#mount(this.#renderBox(unseen));
      document.addEventListener("policy-notice:acknowledged", this.#closeWhenAcknowledged);
      this.#dispatch("shown");
    }

    /** Return the announcements of a channel that the reader has not seen and that still apply, the newest first. */
    #selectUnseen(announcements, channel) {
      const seen = this.hasAttribute("seen") ? this.getAttribute("seen") : this.#storedVersion();
      const today = new Date().toISOString().slice(0, 10);
      return announcements
        .filter((one) => isVersion(one?.version) && Array.isArray(one.channels) && one.channels.includes(channel))
        .filter((one) => !isVersion(seen) || compareVersions(one.version, seen) > 0)
        .filter((one) => !DAY.test(one.until) || one.until >= today)
        .filter((one) => this.#languagesOf(one).length)
        .sort((one, other) => compareVersions(other.version, one.version));
    }

    /** Return the languages that an announcement has. */
    #languagesOf(announcement) {
      const texts = announcement.languages ?? {};
      return this.#languages.filter(({ code }) => Object.hasOwn(texts, code) && texts[code]);
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
      const heading = createElement("h2", asText(labels.heading) || asText(this.#textsOf(announcements[0]).title));
      heading.id = "heading";
      const acknowledge = createElement("button", asText(labels.acknowledge));
      acknowledge.addEventListener("click", () => this.#acknowledge());
      const buttons = createElement("div", acknowledge);
      // The change log since the version before the oldest announcement covers all of them.
      const sinceUrl = this.#textsOf(announcements.at(-1)).since_url;
      const box = createElement(
        this.channel === "login" ? "dialog" : "section",
        heading,
        ...announcements.map((announcement) => this.#renderAnnouncement(announcement, code, labels)),
        ...this.#renderLink(labels.all, sinceUrl),
        buttons,
      );
      box.lang = code;
      box.setAttribute("aria-labelledby", heading.id);
      if (this.channel === "login") {
        const later = createElement("button", asText(labels.later));
        later.addEventListener("click", () => this.#close());
        buttons.append(later);
        box.addEventListener("close", () => this.#close());
        // A dialog focuses its first button otherwise, and a screen reader would skip the text.
        heading.tabIndex = -1;
        heading.autofocus = true;
      }
      return box;
    }

    /** Return an announcement; `code` is the language of the box and its labels. */
    #renderAnnouncement(announcement, code, labels) {
      const texts = this.#textsOf(announcement);
      const parts = [createElement("h3", asText(texts.title))];
      if (texts.effective_line) parts.push(createElement("p", asText(texts.effective_line)));
      if (texts.summary) parts.push(createElement("p", asText(texts.summary)));
      if (texts.action) {
        parts.push(createElement("p", createElement("strong", asText(labels.action)), ` ${asText(texts.action)}`));
      }
      parts.push(...this.#renderLink(labels.more, texts.url, texts.title));
      const article = createElement("article", ...parts);
      if (texts.code !== code) article.lang = texts.code;
      return article;
    }

    /** Return a paragraph with a link, in an array; an empty array where the URL is not below the policy's address. */
    #renderLink(label, url, title = "") {
      if (typeof url !== "string") return [];
      let target;
      try {
        target = new URL(url, this.#baseUrl);
      } catch {
        return [];
      }
      if (!/^https?:$/.test(target.protocol) || !target.href.startsWith(this.#baseUrl)) return [];
      const link = createElement("a", asText(label) || title || target.href);
      link.href = target.href;
      if (asText(label) && asText(title)) link.setAttribute("aria-label", `${label}: ${title}`);
      return [createElement("p", link)];
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
      if (!this.hasAttribute("seen")) this.#storeVersion();
      this.#dispatch("acknowledged");
      this.#close();
    }

    /** Send one of the two events, "shown" or "acknowledged". */
    #dispatch(event) {
      const { version, versions, channel } = this;
      const detail = { version, versions, channel };
      this.dispatchEvent(new CustomEvent(`policy-notice:${event}`, { bubbles: true, detail }));
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

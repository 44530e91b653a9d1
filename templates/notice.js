/*
 * <policy-notice src lang seen channel>: tells a reader what is new in the privacy policy.
 *
 *   src      the address of api/announcements.json
 *   lang     nb or en; default: the language of what it stands in
 *   seen     the last version that the reader has acknowledged, "" for none. Without the attribute the
 *            version is remembered in this browser, and only after the reader's click.
 *   channel  login: a dialog. alert: a banner where the element stands.
 *
 * Sends policy-notice:shown and policy-notice:acknowledged (bubbling), with detail.version, the newest shown,
 * detail.versions, all that were shown, and detail.channel.
 * Needs no cookie, no inline style and no inline script. Text is set as text and nothing else, links lead
 * nowhere but below the policy's own address, and when anything fails the page stays as it was.
 */
(() => {
  "use strict";

  const WORDS = {
    nb: {
      heading: "Endringer i personvernerklæringen",
      effective: "Gjelder fra",
      action: "Dette kan du gjøre:",
      more: "Les mer",
      all: "Se alt som er endret",
      acknowledge: "Jeg har sett dette",
      later: "Ikke nå",
    },
    en: {
      heading: "Changes to the privacy policy",
      effective: "In force from",
      action: "What you can do:",
      more: "Read more",
      all: "See all that has changed",
      acknowledge: "I have seen this",
      later: "Not now",
    },
  };

  const STYLE = `
    :host { --paper: #fff; --ink: #1b2430; --line: #69788a; --link: #0b5394; display: block; }
    :host([hidden]) { display: none; }
    /* Dark where the page it stands in is: a page that is always light says no color-scheme. */
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

  /** Order versions by their numbers: 2.10 comes after 2.9. */
  const compare = (one, other) => {
    const [major, minor] = one.split(".").map(Number);
    const [otherMajor, otherMinor] = other.split(".").map(Number);
    return major - otherMajor || minor - otherMinor;
  };

  const later = (one, other) => (isVersion(one) && (!isVersion(other) || compare(one, other) > 0) ? one : other);

  /** Make an element that holds text or other elements, and never markup. */
  const make = (tag, ...inside) => {
    const made = document.createElement(tag);
    made.append(...inside);
    return made;
  };

  class PolicyNotice extends HTMLElement {
    /** The newest version shown. */
    get version() {
      return this.versions[0];
    }

    connectedCallback() {
      if (this.started) return;
      this.started = true;
      this.show().catch(() => {});
    }

    disconnectedCallback() {
      document.removeEventListener("policy-notice:acknowledged", this.follow);
    }

    async show() {
      const channel = this.getAttribute("channel");
      if (channel !== "login" && channel !== "alert") return;
      const source = new URL(this.getAttribute("src"), document.baseURI);
      this.base = new URL("../", source).href;
      const answer = await fetch(source, { credentials: "omit", referrerPolicy: "no-referrer" });
      if (!answer.ok) return;
      const news = this.unseen((await answer.json()).announcements, channel);
      if (!news.length || !this.isConnected) return;
      this.channel = channel;
      this.versions = news.map((one) => one.version);
      const box = this.print(news);
      this.face(box);
      this.follow = ({ detail }) => {
        if (isVersion(detail?.version) && compare(detail.version, this.version) >= 0) this.close();
      };
      document.addEventListener("policy-notice:acknowledged", this.follow);
      this.tell("shown");
    }

    /** Give what is newer than what the reader has seen and belongs here, the newest first. */
    unseen(announcements, channel) {
      const seen = this.hasAttribute("seen") ? this.getAttribute("seen") : this.memory();
      const today = new Date().toISOString().slice(0, 10);
      return announcements
        .filter((one) => isVersion(one?.version) && Array.isArray(one.channels) && one.channels.includes(channel))
        .filter((one) => !isVersion(seen) || compare(one.version, seen) > 0)
        .filter((one) => !DAY.test(one.until) || one.until >= today)
        .filter((one) => one.languages && Object.keys(one.languages).length)
        .sort((one, other) => compare(other.version, one.version));
    }

    /** Give the reader's language: nn and no read Norwegian (bokmål), every other reads English. */
    language() {
      const code = this.getAttribute("lang") || this.closest("[lang]")?.lang || navigator.language || "";
      return /^(nb|nn|no)\b/i.test(code.replace("_", "-")) ? "nb" : "en";
    }

    print(news) {
      const language = this.language();
      const say = WORDS[language];
      const heading = make("h2", say.heading);
      heading.id = "heading";
      const seen = make("button", say.acknowledge);
      seen.addEventListener("click", () => this.acknowledge());
      const buttons = make("div", seen);
      const box = make(
        this.channel === "login" ? "dialog" : "section",
        heading,
        ...news.map((one) => this.article(one, language)),
        ...this.link(say.all, this.words(news.at(-1), language).since_url).map((link) => make("p", link)),
        buttons,
      );
      box.lang = language;
      box.setAttribute("aria-labelledby", heading.id);
      if (this.channel === "login") {
        const notNow = make("button", say.later);
        notNow.addEventListener("click", () => this.close());
        buttons.append(notNow);
        box.addEventListener("close", () => this.close());
        heading.tabIndex = -1;
        heading.autofocus = true;
      }
      return box;
    }

    /** Give an announcement's words in the reader's language, else in the first that it has. */
    words(one, language) {
      return one.languages[language] ?? Object.values(one.languages)[0];
    }

    article(one, language) {
      const say = WORDS[language];
      const words = this.words(one, language);
      const parts = [make("h3", this.text(words.title))];
      if (DAY.test(one.effective)) parts.push(make("p", `${say.effective} ${this.day(one.effective, language)}.`));
      if (words.summary) parts.push(make("p", this.text(words.summary)));
      if (words.action) parts.push(make("p", make("strong", say.action), ` ${this.text(words.action)}`));
      parts.push(...this.link(say.more, words.url, words.title).map((link) => make("p", link)));
      const article = make("article", ...parts);
      if (!one.languages[language]) article.lang = Object.keys(one.languages)[0];
      return article;
    }

    text(value) {
      return typeof value === "string" ? value : "";
    }

    day(value, language) {
      const form = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
      return new Date(`${value}T00:00:00Z`).toLocaleDateString(language === "nb" ? "nb-NO" : "en-GB", form);
    }

    /** Give a link in a list, or an empty list where the address is not below the policy's own. */
    link(name, address, about = "") {
      if (typeof address !== "string") return [];
      let target;
      try {
        target = new URL(address, this.base);
      } catch {
        return [];
      }
      if (!/^https?:$/.test(target.protocol) || !target.href.startsWith(this.base)) return [];
      const link = make("a", name);
      link.href = target.href;
      if (this.text(about)) link.setAttribute("aria-label", `${name}: ${about}`);
      return [link];
    }

    face(box) {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      root.append(box);
      if (this.channel === "login") box.showModal();
      this.box = box;
    }

    close() {
      if (this.box?.open) this.box.close();
      this.box?.remove();
      document.removeEventListener("policy-notice:acknowledged", this.follow);
    }

    acknowledge() {
      if (!this.hasAttribute("seen")) this.remember();
      this.tell("acknowledged");
      this.close();
    }

    tell(what) {
      const { version, versions, channel } = this;
      const detail = { version, versions, channel };
      this.dispatchEvent(new CustomEvent(`policy-notice:${what}`, { bubbles: true, detail }));
    }

    memory() {
      try {
        return localStorage.getItem(`policy-notice ${this.base}`);
      } catch {
        return null; // a notice shown once more does less harm than one never shown
      }
    }

    remember() {
      try {
        localStorage.setItem(`policy-notice ${this.base}`, later(this.version, this.memory()));
      } catch {
        // storage is blocked: the notice comes again
      }
    }
  }

  if (!customElements.get("policy-notice")) customElements.define("policy-notice", PolicyNotice);
})();

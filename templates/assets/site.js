// For every page, and needed by none: without it links lead to pages, and forms are not shown.
"use strict";

// The links to another language and to what applies now lead to the section that is being read, or to the place that the address names.
{
  const findPlace = () => {
    const target = document.querySelector(":target");
    const isInView = (element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    };
    if (target && isInView(target)) return target.id;
    const passed = [...document.querySelectorAll("article > section[id]")].filter(
      (section) => section.getBoundingClientRect().top < innerHeight / 3,
    );
    return scrollY > 0 && passed.length ? passed.at(-1).id : "";
  };
  for (const link of document.querySelectorAll(".languages a:not([href^='#']), .archive a")) {
    for (const kind of ["click", "auxclick"]) {
      link.addEventListener(kind, () => {
        link.hash = findPlace();
      });
    }
  }
}

// The contents mark the section that is being read.
{
  const entries = new Map();
  for (const link of document.querySelectorAll(".contents a[href^='#']")) entries.set(link.hash.slice(1), link);
  const sections = [...document.querySelectorAll("article > section[id]")].filter(({ id }) => entries.has(id));
  const mark = () => {
    const isRead = (section) => section.getBoundingClientRect().top < innerHeight / 3;
    const read = sections.findLast(isRead);
    for (const [id, link] of entries) {
      if (id === read?.id) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  if (sections.length) {
    // Told of a section that passes the line; scrolling itself runs nothing.
    const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px", threshold: [0] });
    for (const section of sections) observer.observe(section);
  }
}

// What applied on a date: the answer is in the list of the page, whose days are in the order of the calendar.
// The address of the page has the day, so that the answer can be cited.
{
  const form = document.querySelector(".date-form");
  const field = form?.querySelector("input");
  const rows = [...document.querySelectorAll("[data-from]")];
  const answer = () => {
    const day = field.value.length === 10 ? field.value : ""; // a year of five digits has no place in the order of texts
    const row = rows.find((one) => one.dataset.from <= day);
    const last = form.dataset.built;
    const kind = day && (row ? (day > last ? "expected" : "applied") : "before");
    for (const text of form.querySelectorAll("[data-answer]")) text.hidden = text.dataset.answer !== kind;
    form.querySelector(".found")?.remove();
    for (const one of rows) one.classList.toggle("applied", Boolean(day) && one === row);
    if (day) history.replaceState(null, "", `#${day}`);
    if (!day || !row) return;
    const found = row.firstElementChild.cloneNode(true);
    found.className = "found";
    form.querySelector("[role=status]").append(found);
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("input", answer);
    const answerAddress = () => {
      if (!/^#\d{4}-\d\d-\d\d$/.test(location.hash)) return;
      field.value = location.hash.slice(1);
      answer();
    };
    addEventListener("hashchange", answerAddress);
    answerAddress();
    form.addEventListener("submit", (event) => event.preventDefault());
  }
}

// Each section of a policy gets a link to itself below its title, which is copied too, and the one to its last change.
// They are in no page as it is published: everything in a text is hashed (docs/reference/record.md).
for (const section of document.querySelectorAll("article[data-version] > section[id]")) {
  const contents = document.querySelector(".contents");
  const entry = contents?.querySelector(`a[href="#${CSS.escape(section.id)}"]`)?.parentElement;
  if (!entry) continue;
  const [line, link, status] = ["p", "a", "span"].map((name) => document.createElement(name));
  line.className = "section-links";
  link.href = `#${section.id}`;
  link.ariaLabel = contents.dataset.link;
  status.role = "status";
  link.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(link.href);
    if (navigator.clipboard) status.textContent = contents.dataset.copied;
  });
  line.append(link, ...entry.querySelectorAll(".changed"), status);
  section.querySelector("h2").after(line);
}

// An e-mail address in what readers can do is a link. It is in no page as it is published: notes are hashed, too.
for (const action of document.querySelectorAll(".action")) {
  const walker = document.createTreeWalker(action, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a")) texts.push(walker.currentNode);
  for (let text of texts) {
    for (let found; (found = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(text.data)); ) {
      const address = text.splitText(found.index);
      text = address.splitText(found[0].length);
      const link = document.createElement("a");
      link.href = `mailto:${found[0]}`;
      address.replaceWith(link);
      link.append(address);
    }
  }
}

// For every page, and needed by none: without it links lead to pages, and forms are not shown.
"use strict";

// The link to another language leads to the section that is being read, or to the place that the address names.
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
  for (const link of document.querySelectorAll(".languages a:not([href^='#'])")) {
    for (const kind of ["click", "auxclick"]) {
      link.addEventListener(kind, () => {
        link.hash = findPlace();
      });
    }
  }
}

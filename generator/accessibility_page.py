"""The page on accessibility: what is tested, what is known not to work well, and whom to write to.

It never says that the pages conform to anything: no test can tell. Each sentence about tests is true of a
test of this repository (tests/generator/test_accessibility_page.py names it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.context import SiteContext
from generator.frame import build_frame
from generator.urls import relative_url
from policy.fields import Locale


@dataclass(frozen=True, slots=True)
class AccessibilityPage:
    """What is tested and what are known limits, a sentence each; `contact_href` leads to whom to write to."""

    tested: Sequence[str]
    limits: Sequence[str]
    contact_href: str


def render_accessibility_page(site: SiteContext, locale: Locale) -> str:
    """Render the accessibility page."""
    here = site.urls.accessibility_path(locale)
    page = AccessibilityPage(
        tested=_list_tests(site, locale),
        limits=_list_limits(site, locale),
        contact_href=relative_url(here, site.urls.contact_path(locale)),
    )
    frame = build_frame(site, locale, site.urls.accessibility_path, site.locales)
    return site.renderer.render("accessibility.html.j2", locale, frame=frame, page=page)


def _list_tests(site: SiteContext, locale: Locale) -> Sequence[str]:
    gettext = site.renderer.get_translator(locale)
    return [
        gettext(
            "axe-core finds no violation of its rules for WCAG 2.2, levels A and AA, on any kind of "
            "page, on a phone or a wide screen."
        ),
        gettext("Text has enough contrast, in light colours and in dark ones."),
        gettext("The Nu Html Checker finds no error in the HTML of any page."),
        gettext("On a screen 320 pixels wide, no page as a whole has to be scrolled sideways."),
        gettext("Text can be twice as large without a page becoming wider than the screen."),
        gettext(
            "With a keyboard alone, you reach everything in the order of reading, and see where you are."
        ),
        gettext("Without JavaScript, all text can be read, and all links lead where they say."),
        gettext("On paper, changes in a text can be told apart without colour."),
    ]


def _list_limits(site: SiteContext, locale: Locale) -> Sequence[str]:
    gettext = site.renderer.get_translator(locale)
    return [
        gettext(
            "Programs find only some of the problems. Nobody who depends on a screen reader has tried"
            " these pages as part of the tests."
        ),
        gettext("The tests use sample policies, not every text that is published here."),
        gettext("Long lines of code may have to be scrolled sideways."),
        gettext(
            "Not every screen reader says which words are marked as added or deleted. So there are "
            "hidden words beside the marks, and the changes are listed once more as before and after."
        ),
    ]

"""What machines can judge: axe in two schemes and two widths, the HTML checker, what the console says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.helpers.programs import require_program

_MODULES = Path(__file__).resolve().parents[3] / "node_modules"
_PHONE, _DESKTOP = {"width": 320, "height": 700}, {"width": 1280, "height": 900}
_EVERY_RULE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_RUN = """async options => {
  const found = await axe.run(document, {...options, resultTypes: ['violations']});
  return found.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target} ${node.failureSummary}`));
}"""

# Each left-out message of the HTML checker, with the reason.
_KNOWN = {
    "Section lacks heading": "a part of a note is one, so that its words can be verified",
    "Content Security Policy (meta tag): external ": "a file has no origin for the checker, so 'self' allows "
    "nothing; tests/servers/ opens the pages in a browser",
    "Article lacks heading": "it holds the words of the policy and no others; the h1 of the page names it",
}


@pytest.fixture(scope="module")
def axe() -> str:
    """Return axe, with its messages in Norwegian, as a script for every page."""
    words = (_file("axe-core/locales/nb.json")).read_text(encoding="utf-8")
    return f"{_file('axe-core/axe.min.js').read_text(encoding='utf-8')};axe.configure({{locale: {words}}});"


def _file(name: str) -> Path:
    path = _MODULES / name
    if not path.is_file():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{name} is missing: npm ci")
    return path


@pytest.fixture
def run_axe(browser, axe):
    """Return a function that runs axe on pages, in a browser context without animations."""

    def judge(address, paths, setting, rules) -> dict[str, list[str]]:
        context = browser.new_context(reduced_motion="reduce", **setting)
        context.add_init_script(axe)
        page = context.new_page()
        found = {}
        for path in paths:
            page.goto(address + path)
            found[path] = page.evaluate(_RUN, rules)
        context.close()
        return found

    return judge


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("size", [_PHONE, _DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_kind_of_page(sites, run_axe, size):
    site = sites["draft"]
    found = run_axe(site.address, site.kinds(), {"viewport": size}, _EVERY_RULE)
    assert found
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.long
@pytest.mark.parametrize("name", ["nothing", "own"])
def test_axe_finds_nothing_on_the_front_pages_of_other_days(sites, run_axe, name):
    site = sites[name]
    found = run_axe(site.address, site.fronts(), {"viewport": _PHONE}, _EVERY_RULE)
    assert found
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.long
def test_axe_finds_the_colours_right_in_the_dark(sites, run_axe):
    site = sites["draft"]
    found = run_axe(site.address, site.kinds(), {"viewport": _DESKTOP, "color_scheme": "dark"}, _COLOURS)
    assert found
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_axe_is_awake_and_would_see_a_faint_text_and_a_nameless_link(sites, browser, axe):
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script(axe)
    page = context.new_page()
    page.goto(sites["own"].address)
    page.evaluate("document.querySelector('.status').style.color = '#bbb'")
    page.evaluate("document.querySelector('header a').replaceChildren()")
    found = " ".join(page.evaluate(_RUN, _EVERY_RULE))
    context.close()
    assert "color-contrast: " in found
    assert "link-name: " in found


def _checked(pages: list[str]) -> list[str]:
    """Return the messages of the HTML checker on files, except the known ones."""
    java = require_program("java", "default-jre-headless")
    command = [java, "-jar", str(_file("vnu-jar/build/dist/vnu.jar")), "--format", "json", *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    lines = [f"{row['url']}:{row.get('lastLine')}: {row['message']}" for row in messages]
    return [line for line in lines if not any(known in line for known in _KNOWN)]


@pytest.mark.long
def test_the_html_checker_finds_nothing_on_any_page(folders, sites):
    pages = [str(folders[name] / path) for name in sites for path in _files(sites[name].pages())]
    assert len(pages) > 100
    assert _checked(pages) == []


@pytest.fixture
def elsewhere(folders, tmp_path) -> Path:
    """Create a folder with each help-centre fragment of the draft inside a page of another site."""
    for fragment in (folders["draft"] / "api").glob("help-centre.*.htm"):
        words = fragment.read_text(encoding="utf-8")
        assert words.count("<section") > 1
        (tmp_path / f"{fragment.stem}.html").write_text(_ELSEWHERE.format(words), encoding="utf-8")
    return tmp_path


_ELSEWHERE = """<!doctype html>
<html lang="nb"><head><meta charset="utf-8"><title>Hjelpesenter</title></head>
<body><main><h1>Hjelpesenter</h1>{}</main></body></html>
"""


@pytest.mark.long
def test_axe_and_the_html_checker_find_nothing_in_a_fragment_on_somebody_elses_page(elsewhere, run_axe):
    pages = sorted(file.name for file in elsewhere.iterdir())
    assert pages == ["help-centre.en.html", "help-centre.nb.html"]
    found = run_axe(f"{elsewhere.as_uri()}/", pages, {"viewport": _PHONE}, _EVERY_RULE)
    assert {place: faults for place, faults in found.items() if faults} == {}
    assert _checked([str(elsewhere / page) for page in pages]) == []


def test_links_of_a_fragment_lead_to_the_policy_from_any_page(elsewhere, reader):
    for file in sorted(elsewhere.iterdir()):
        reader.goto(file.as_uri())
        links = reader.eval_on_selector_all("main a", "links => links.map(link => link.href)")
        assert links
        assert [link for link in links if not link.startswith(("https://", "mailto:"))] == []


def _files(paths: list[str]) -> list[str]:
    return [path if path.endswith(".html") else f"{path}index.html" for path in paths]


@pytest.mark.long
@pytest.mark.parametrize("site", ["draft", "own"])
def test_pages_ask_nobody_else_and_leave_the_console_empty(sites, reader, site):
    asked, said = [], []
    reader.on("request", lambda request: asked.append(request.url))
    reader.on("console", lambda line: said.append(line.text))
    reader.on("pageerror", lambda error: said.append(str(error)))
    for path in sites[site].kinds():
        reader.goto(sites[site].address + path)
    own = re.compile(re.escape(sites[site].address))
    assert [url for url in asked if not own.match(url)] == []
    assert said == []
    assert any(url.endswith(".css") for url in asked)

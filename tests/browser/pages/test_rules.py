"""What machines can judge: axe in two schemes and two widths, the HTML checker, what the console says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.helpers.needs import program

_MODULES = Path(__file__).resolve().parents[3] / "node_modules"
_VNU = _MODULES / "vnu-jar/build/dist/vnu.jar"
_SITES = ["draft", "nothing", "own"]
_PHONE, _DESKTOP = {"width": 320, "height": 700}, {"width": 1280, "height": 900}
_RUN = """() => axe.run(document, {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: {'target-size': {enabled: true}},
}).then(found => found.violations.flatMap(
  rule => rule.nodes.map(node => `${rule.id}: ${node.target} ${node.failureSummary}`)))"""

# Each left-out message of the HTML checker, with the reason.
_KNOWN = {
    "Article lacks heading": "the article holds the words of the policy and no others; the page's h1 names it",
}


@pytest.fixture(scope="module")
def axe() -> str:
    """Give axe, speaking Norwegian, as a script for every page."""
    words = (_file("axe-core/locales/nb.json")).read_text(encoding="utf-8")
    return f"{_file('axe-core/axe.min.js').read_text(encoding='utf-8')};axe.configure({{locale: {words}}});"


def _file(name: str) -> Path:
    path = _MODULES / name
    if not path.is_file():
        program("npm ci", "npm, then `npm ci` in the root of the repository")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("site", _SITES)
def test_axe_finds_nothing_on_any_kind_of_page(sites, browser, axe, site, scheme):
    context = browser.new_context(viewport=_PHONE, color_scheme=scheme, reduced_motion="reduce")
    context.add_init_script(axe)
    page = context.new_page()
    found = {}
    for path in sites[site].kinds():
        page.goto(sites[site].address + path)
        for size in (_PHONE, _DESKTOP):
            page.set_viewport_size(size)
            found[path, size["width"]] = page.evaluate(_RUN)
    context.close()
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_the_html_checker_finds_nothing_on_any_page(folders, sites):
    java = program("java", "default-jre-headless")
    pages = [str(folders[name] / path) for name in _SITES for path in _files(sites[name].pages())]
    command = [java, "-jar", str(_file("vnu-jar/build/dist/vnu.jar")), "--format", "json", *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    assert len(pages) > 100
    told = [f"{row['url']}:{row.get('lastLine')}: {row['message']}" for row in messages]
    assert [line for line in told if not any(known in line for known in _KNOWN)] == []


def _files(paths: list[str]) -> list[str]:
    return [path if path.endswith(".html") else f"{path}index.html" for path in paths]


@pytest.mark.parametrize("site", _SITES)
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

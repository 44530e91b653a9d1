"""Letters and feed entries as mail programs and readers of feeds show them: small, wide, light and dark."""

from __future__ import annotations

import email
import json
import re
import subprocess
from email import policy
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from tests.helpers.atom import ATOM
from tests.helpers.cli import create_history
from tests.helpers.in_process import build
from tests.helpers.programs import require_program

_MODULES = Path(__file__).resolve().parents[3] / "node_modules"
_LONG_WORD = "informasjonskapseladministrasjonsverktøyleverandøravtale"
_HISTORY = f"""
start 2026-01-05
sed -i s/P2Y/P5Y/ content/facts/retention.yaml
echo "- {{id: a, name: Trykk og {_LONG_WORD} AS, role: processor, country: US}}" | file facts/recipients.yaml
words nb/02-deling "Vi deler {_LONG_WORD * 3} med andre." "{{{{ table: recipients }}}}" \\
  "Se [vilkårene](https://example.no/{"x" * 200})."
words en/02-deling "We share names."
title='{{nb: Vi lagrer kontoen din i fem år, en: We keep your account for five years}}'
note konto major 2026-07-01 "Kontoen lagres i fem år. Det gjelder også {_LONG_WORD}." "title: $title"
commit 2026-05-20
"""
# Landmarks are those of the mail program, not of the letter.
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def messages(tmp_path_factory) -> dict[str, Path]:
    """Return a letter and the content of a feed entry as files of HTML."""
    folder = tmp_path_factory.mktemp("messages")
    build(create_history(folder / "source", _HISTORY), folder / "out", today="2026-05-22")
    data = (folder / "out" / "letters" / "2.0" / "nb.eml").read_bytes()
    letter = email.message_from_bytes(data, policy=policy.SMTP).get_body(("html",)).get_content()
    feed = fromstring((folder / "out/site/endringslogg/feed.xml").read_bytes())
    content = feed.findtext(f"{ATOM}entry/{ATOM}content")
    head = (
        '<!doctype html><html lang="nb"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    )
    style = "<style>body { overflow-wrap: break-word }</style>"  # a reader of feeds has one of its own
    files = {"letter": letter, "feed": f"{head}<title>Endringer</title>{style}<h1>Endringer</h1>{content}"}
    for name, html in files.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in files}


@pytest.mark.cases_in_ci("320-light-letter", "320-dark-feed")
@pytest.mark.parametrize("name", ["letter", "feed"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_message_is_accessible_and_no_wider_than_the_screen(browser, messages, name, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(messages[name].as_uri())
    page.evaluate((_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    # All colours are those of the browser. Its paper has to be named: axe takes it for white in the dark too.
    page.evaluate("document.documentElement.style.background = 'Canvas'")
    found = page.evaluate("async rules => (await axe.run(document, rules)).violations", _RULES)
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert requests == [messages[name].as_uri()]
    context.close()


def test_a_listener_hears_first_what_changes_from_when_and_what_can_be_done(browser, messages):
    page = browser.new_page()
    page.goto(messages["letter"].as_uri())
    snapshot = page.get_by_role("article").aria_snapshot()
    spoken = re.sub(r"(?m)^ *- (?:/url: .*|\w+(?: \[[^]]*\])*:?)| \"|\"", " ", snapshot).split()
    first = " ".join(spoken[:60])
    assert "Vi lagrer kontoen din i fem år" in first
    assert "Endringen gjelder fra 1. juli 2026." in first
    assert "Dette kan du gjøre før 1. juli 2026" in first
    assert "Les konto" in first
    page.close()


@pytest.mark.long
def test_the_html_checker_finds_nothing_in_messages(messages):
    java = require_program("java", "default-jre-headless")
    command = [java, "-jar", str(_MODULES / "vnu-jar/build/dist/vnu.jar"), "--format", "json"]
    done = subprocess.run(
        [*command, *map(str, messages.values())], capture_output=True, text=True, check=False
    )
    assert [row["message"] for row in json.loads(done.stderr)["messages"]] == []

"""What `<policy-notice>` says in which order, and that its buttons are always in sight."""

from __future__ import annotations

import json
import re

import pytest

from tests.helpers.cli import create_history
from tests.helpers.in_process import build
from tests.helpers.small_policy import make_announcement, make_line

LONG = [
    make_line(f"Sentence {number} is long enough to fill a line of a small screen.") for number in range(40)
]
_NOTE = """
start 2026-01-05
sed -i s/P2Y/P5Y/ content/facts/retention.yaml
file changes/konto.yaml <<'END'
level: major
effective: 2026-07-01
title: {nb: Vi lagrer kontoen din i fem år, en: We keep your account for five years}
summary:
  nb: |
    Fra 1. juli 2026 lagrer vi f.eks. kontoen din i fem år. Før lagret vi den i to år. Det gjelder også det
    som følger av kontoen, slik som navn, adresse, telefonnummer og e-post. Vi lagrer ikke mer enn vi trenger.

    - Dette er et punkt.
  en: "We keep your account for longer:\\n\\n- your name\\n- your address"
action: {nb: "Du kan:\\n\\n3. protestere før 1. juli 2026\\n4. avslutte kontoen", en: You may object.}
END
commit 2026-05-20
"""


def show(reader, *rows, **attributes) -> None:
    reader.announce(*rows)
    reader.open_page({"lang": "en", "seen": "1.0", "channel": "login", **attributes})


def make_row(reader, number: str, **texts):
    row = make_announcement(reader.base_url, number, ("login", "alert"))
    row["languages"]["en"].update(texts)
    return row


def show_built(reader, tmp_path, lang: str) -> None:
    """Show the announcement of a site that was built."""
    build(create_history(tmp_path / "source", _NOTE), tmp_path / "out", today="2026-05-22")
    text = (tmp_path / "out/site/api/announcements.json").read_text("utf-8")
    text = re.sub('"until": "[^"]+"', '"until": "2099-01-01"', text)
    reader.announce(raw=text.replace("https://example.no/personvern/", reader.base_url))
    reader.open_page({"lang": lang, "seen": "1.0", "channel": "login"})


def test_the_title_of_a_single_announcement_is_that_of_the_dialog(reader):
    show(reader, make_row(reader, "2.0", title="We keep your account for five years"))
    assert (
        reader.page.get_by_role("dialog", name="We keep your account for five years", exact=True).count() == 1
    )
    assert reader.dialog.get_by_role("heading").all_inner_texts() == ["We keep your account for five years"]
    assert reader.dialog.inner_text().startswith("Changes to the privacy policy\n")


def test_announcements_of_one_day_follow_one_line_with_the_day(reader):
    later = {"effective_line": "Applies from 1 April 2099."}
    show(reader, make_row(reader, "4.0", **later), make_row(reader, "3.0"), make_row(reader, "2.0"))
    lines = [line for line in reader.dialog.inner_text().splitlines() if line]
    told = [line for line in lines if line.startswith(("Applies", "Version", "Changes"))]
    assert told == [
        "Changes to the privacy policy",
        "Applies from 1 April 2099.",
        "Version 4.0 of the privacy policy",
        "Applies from 1 March 2099.",
        "Version 3.0 of the privacy policy",
        "Version 2.0 of the privacy policy",
    ]
    assert reader.page.get_by_role("dialog", name="Changes to the privacy policy").count() == 1


def test_lists_stay_lists(reader):
    lines = [
        make_line("We share:"),
        make_line("your name", "-", 1),
        make_line("your address, for", "-", 1),
        make_line("letters", "3.", 2),
        make_line("parcels", "7.", 2),
        make_line("More of the address.", None, 1),
        make_line("That is all."),
    ]
    show(reader, make_row(reader, "2.0", summary_lines=lines))
    html = reader.dialog.locator("article").evaluate("article => article.innerHTML")
    assert html.startswith(
        "<p>We share:</p><ul><li>your name</li><li>your address, for"
        '<ol><li value="3">letters</li><li value="7">parcels</li></ol>'
        "<p>More of the address.</p></li></ul><p>That is all.</p>"
    )


def test_a_built_notice_has_whole_sentences_whole_lists_and_what_changed(reader, tmp_path):
    show_built(reader, tmp_path, "nb")
    assert reader.dialog.inner_text().split("\n\n")[:2] == [
        "Endringer i personvernerklæringen",
        "Vi lagrer kontoen din i fem år",
    ]
    assert [line for line in reader.dialog.inner_text().splitlines() if line][2:] == [
        "Gjelder fra 1. juli 2026.",
        "Fra 1. juli 2026 lagrer vi f.eks. kontoen din i fem år. Før lagret vi den i to år.",
        "Dette kan du gjøre: Du kan:",
        "protestere før 1. juli 2026",
        "avslutte kontoen",
        "Endringene kort fortalt:",
        "Lagringstid i delen «Sletting» – før: 2 år, etter: 5 år (lengre)",
        "Les mer",
        "Se alt som er endret",
        "Jeg har sett dette",
        "Ikke nå",
    ]
    assert reader.dialog.locator("ol li").evaluate_all("items => items.map(({ value }) => value)") == [3, 4]


def test_what_and_when_and_what_to_do_are_among_the_first_sixty_words_that_are_read_out(reader, tmp_path):
    show_built(reader, tmp_path, "nb")
    snapshot = reader.page.get_by_role("dialog").aria_snapshot()
    spoken = re.sub(r"(?m)^ *- (?:/url: .*|\w+(?: \[[^]]*\])*:?)| \"|\"", " ", snapshot).split()
    first = " ".join(spoken[:60])
    assert "Vi lagrer kontoen din i fem år" in first
    assert "Gjelder fra 1. juli 2026." in first
    assert "Dette kan du gjøre:" in first
    assert "avslutte kontoen" in first


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("size", [(320, 480), (320, 256), (480, 320), (1280, 720)])
@pytest.mark.parametrize("text", ["100%", "200%"])
def test_the_buttons_are_always_in_sight_and_the_text_scrolls_by_keyboard(reader, size, text):
    reader.page.set_viewport_size({"width": size[0], "height": size[1]})
    reader.page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '{text}');"
    )
    show(reader, make_row(reader, "2.0", title="We keep your account and all of its data for five years",
                          summary_lines=LONG, action_lines=LONG))  # fmt: skip
    text_box = reader.dialog.locator(".text")
    for button in reader.dialog.get_by_role("button").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size[1]
        assert box["height"] >= 44
    assert text_box.bounding_box()["height"] >= 40
    assert reader.dialog.evaluate("box => box.scrollWidth <= box.clientWidth")
    reader.page.keyboard.press("End")
    reader.page.wait_for_function(
        "() => document.querySelector('policy-notice').shadowRoot.querySelector('.text').scrollTop > 0"
    )
    assert reader.page.evaluate("document.documentElement.scrollTop") == 0


@pytest.mark.parametrize("reader", [{"forced_colors": "active"}], indirect=True)
def test_with_forced_colours_the_dialog_and_its_buttons_have_borders(reader):
    show(reader, make_row(reader, "2.0"))
    for element in (reader.dialog, *reader.dialog.get_by_role("button").all()):
        style, width = element.evaluate(
            "box => { const { borderTopStyle, borderTopWidth } = getComputedStyle(box);"
            " return [borderTopStyle, borderTopWidth]; }"
        )
        assert (style, float(width.removesuffix("px")) >= 1) == ("solid", True)


def test_read_more_names_its_announcement(reader):
    show(reader, make_row(reader, "3.0"), make_row(reader, "2.0"))
    links = reader.dialog.get_by_role("link", name=re.compile("^Read more"))
    assert [link.get_attribute("aria-label") for link in links.all()] == [
        "Read more: Version 3.0 of the privacy policy",
        "Read more: Version 2.0 of the privacy policy",
    ]


def test_a_notice_needs_the_lines(reader):
    row = make_row(reader, "2.0")
    del row["languages"]["en"]["summary_lines"]
    text = json.dumps(row)
    assert "summary_lines" in text  # those of the other language
    show(reader, row)
    assert reader.notices.count() == 0

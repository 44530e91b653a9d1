"""Pages, letters, feeds and notices say whom a change concerns; letter.json says who gets the letter."""

from __future__ import annotations

import email
import json
from email import policy
from pathlib import Path

import pytest

from tests.helpers.cli import create_history
from tests.helpers.in_process import build

_HISTORY = """
start 2026-01-05 nb
settings nb "mail: {from: post@example.no}" "announce: {major: [help_centre, login, email, alert]}"
file facts/audiences.yaml <<'END'
- {id: members, name: Medlemmer}
- {id: visitors, name: Besøkende}
- {id: guests, name: Gjester}
END
commit 2026-01-06
words nb/02-deling "Vi deler navn."
file changes/navn.yaml <<'END'
level: major
effective: 2026-07-01
summary: Vi deler navnet ditt.
action: Du kan protestere.
KEYS
END
commit 2026-05-20
"""
_LINE = "Gjelder: Besøkende, Medlemmer"


def build_site(folder: Path, keys: str) -> Path:
    source = create_history(folder / "source", _HISTORY.replace("KEYS\n", keys))
    build(source, folder / "out", today="2026-05-22")
    return folder / "out"


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    return build_site(tmp_path_factory.mktemp("concerned"), "affects: [visitors, members]\n")


def read_letter(out: Path) -> tuple[str, str]:
    message = email.message_from_bytes((out / "letters/2.0/nb.eml").read_bytes(), policy=policy.default)
    parts = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return tuple(part.replace("\r\n", "\n") for part in parts)


def read_record(out: Path) -> dict:
    return json.loads((out / "letters/2.0/letter.json").read_bytes())


@pytest.mark.parametrize(
    "path",
    [
        "versjon/2.0/endringer/index.html",
        "hjelpesenter/2.0/index.html",
        "api/help-centre.nb.htm",
        "endringslogg/feed.xml",
    ],
)
def test_pages_say_whom_a_change_concerns(out, path):
    assert _LINE in (out / "site" / path).read_text("utf-8")


def test_letters_say_it_after_the_day(out):
    plain, html = read_letter(out)
    assert plain.split("\n\n")[2:5] == [
        "Endringen gjelder fra 1. juli 2026.",
        _LINE,
        "Vi deler navnet ditt.",
    ]
    assert _LINE in html


def test_notices_say_it_first(out):
    (row,) = json.loads((out / "site/api/announcements.json").read_bytes())["announcements"]
    assert row["affects"] == ["visitors", "members"]
    lines = row["languages"]["nb"]["summary_lines"]
    assert [line["text"] for line in lines] == [_LINE, "Vi deler navnet ditt."]
    assert row["languages"]["nb"]["summary"] == "Vi deler navnet ditt."


def test_everybody_is_told_all_the_same(out):
    record = read_record(out)
    assert (record["affects"], record["tell"]) == (["visitors", "members"], "everybody")
    assert record["audiences"] == ["members", "visitors", "guests"]
    assert record["lead_days"] == 30


def test_a_note_may_limit_the_letter_to_those_affected(tmp_path):
    record = read_record(build_site(tmp_path, "affects: [members]\ntell: affected\n"))
    assert (record["affects"], record["tell"]) == (["members"], "affected")


def test_one_note_for_everybody_makes_the_letter_one_for_everybody(tmp_path):
    other = "END\nfile changes/mer.yaml <<'END'\nlevel: minor\nsummary: Og mer.\n"
    record = read_record(build_site(tmp_path, f"affects: [members]\ntell: affected\n{other}"))
    assert (record["affects"], record["tell"]) == (["members"], "everybody")


def test_a_note_that_names_nobody_is_for_everybody(tmp_path):
    out = build_site(tmp_path, "")
    assert not {"affects", "tell", "audiences"} & set(read_record(out))
    assert all("Gjelder:" not in part for part in read_letter(out))
    (row,) = json.loads((out / "site/api/announcements.json").read_bytes())["announcements"]
    assert row["affects"] == []

import email
import hashlib
import json
import re
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import InputError
from notifier.letters import format_to_header, load_letter
from tests.notifier.factories import ENTRY, write_letter


def unstuffed(octets: bytes) -> bytes:
    lines = octets.split(b"\r\n")
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)


def test_a_rendered_message_is_the_printed_letter_with_three_more_lines(tmp_path):
    letter = load_letter(write_letter(tmp_path))
    filled = letter.templates["nb"].render("<a@x.no>", "<1@x.no>", 1_800_000_000)
    printed = (tmp_path / "nb.eml").read_bytes()
    assert unstuffed(filled).endswith(printed)
    message = email.message_from_bytes(unstuffed(filled), policy=policy.default)
    assert filled.startswith(b"To: <a@x.no>\r\n")
    assert message["Date"].datetime == datetime.fromtimestamp(1_800_000_000, UTC)
    assert message["Message-ID"] == "<1@x.no>"
    assert message.get_body(("plain",)).get_content().count("\r\n.\r\n") == 1


@given(name=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=50)
def test_every_message_parses_back(tmp_path, name):
    letter = load_letter(write_letter(tmp_path))
    filled = letter.templates["en"].render(format_to_header("a@x.no", name), "<1@x.no>", 1_800_000_000)
    lines = filled.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert all(len(line) <= 998 for line in lines)
    assert not any(line.startswith(b".") and not line.startswith(b"..") for line in lines)
    message = email.message_from_bytes(unstuffed(filled), policy=policy.default)
    [address] = message["To"].addresses
    assert address.addr_spec == "a@x.no"
    words = re.search(rb"^To: (.*?)\r\n <", filled, re.DOTALL)
    assert str(make_header(decode_header(words[1].decode()))) == name
    assert not message.defects


def spoil(folder, **changes):
    record = json.loads((folder / "letter.json").read_text())
    (folder / "letter.json").write_text(json.dumps(record | changes))


def test_a_letter_changed_after_it_was_printed_is_refused(tmp_path):
    folder = write_letter(tmp_path)
    (folder / "en.eml").write_bytes((folder / "en.eml").read_bytes().replace(b"Changes", b"Changed"))
    with pytest.raises(InputError, match=r"en\.eml: does not match letter\.json"):
        load_letter(folder)


@pytest.mark.parametrize(
    ("printed", "complaint"),
    [
        (b"From: a@x.no\nSubject: s\n\nx\n", "CRLF"),
        (b"From: a@x.no\r\nSubject: s\r\n\r\n" + b"x" * 999 + b"\r\n", "998"),
        (b"From: a@x.no\r\nSubject: s\r\n\r\nx", "CRLF"),
        (b"From: a@x.no\r\nSubject: s\r\nTo: b@x.no\r\n\r\nx\r\n", "To"),
        (b"From: a@x.no\r\nSubject: s\r\nBcc: b@x.no\r\n\r\nx\r\n", "Bcc"),
        (b"From: a@x.no\r\nSubject: s\r\nDate: now\r\nMessage-ID: <1@x>\r\n\r\nx\r\n", "Date, Message-ID"),
        (b"Subject: s\r\n\r\nx\r\n", "From"),
        (b"From: a@x.no, b@x.no\r\nSubject: s\r\n\r\nx\r\n", "one address"),
        (b"From: a@x.no\r\n\r\nx\r\n", "Subject"),
        (b"From: a@-.no\r\nSubject: s\r\n\r\nx\r\n", "domain of From"),
        (b"From: a@x.no\r\nSubject: s\r\nPolicy-Log-Entry: 0\r\n\r\nx\r\n", "Policy-Log-Entry"),
        ("From: å@x.no\r\nSubject: s\r\n\r\nx\r\n".encode(), "ASCII"),
    ],
)
def test_a_letter_that_cannot_be_sent_as_it_is_is_refused(tmp_path, printed, complaint):
    folder = write_letter(tmp_path, languages=("nb",))
    (folder / "nb.eml").write_bytes(printed)
    spoil(folder, sha256={"nb": hashlib.sha256(printed).hexdigest()})
    with pytest.raises(InputError, match=complaint):
        load_letter(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 1},
        {"schema": 3},
        {"entry": None},
        {"entry": "x"},
        {"languages": []},
        {"languages": 3},
        {"sha256": {}},
        {"sha256": {"nb": "x", "en": "y"}},
        {"languages": ["../nb"], "sha256": {"../nb": "0" * 64}},
        {"languages": ["de"]},
    ],
)
def test_an_invalid_letter_json_is_refused(tmp_path, changes):
    folder = write_letter(tmp_path)
    spoil(folder, **changes)
    with pytest.raises(InputError, match=r"letter\.json"):
        load_letter(folder)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(InputError, match=r"letter\.json"):
        load_letter(tmp_path)
    folder = write_letter(tmp_path)
    (folder / "nb.eml").unlink()
    with pytest.raises(InputError, match=r"nb\.eml"):
        load_letter(folder)
    (folder / "letter.json").write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        load_letter(folder)


def test_a_letter_of_an_older_release_says_what_to_do(tmp_path):
    folder = write_letter(tmp_path)
    spoil(folder, schema=1)
    with pytest.raises(
        InputError, match=r"letter\.json: from an older release; run build again with this one$"
    ):
        load_letter(folder)


def test_a_letter_names_its_entry_in_the_public_log(tmp_path):
    letter = load_letter(write_letter(tmp_path))
    assert letter.entry == ENTRY
    filled = letter.templates["nb"].render("<a@x.no>", "<1@x.no>", 1_800_000_000)
    message = email.message_from_bytes(unstuffed(filled), policy=policy.default)
    assert message["Policy-Log-Entry"].strip() == ENTRY  # folded: the line would have 82 characters


def test_a_letter_json_that_is_nested_too_deeply_is_one_line(tmp_path):
    (tmp_path / "letter.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="not JSON"):
        load_letter(tmp_path)

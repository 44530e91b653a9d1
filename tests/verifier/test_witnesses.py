"""Saved letters and logs prove what a site alone cannot: that its publisher rewrote nothing since."""

from __future__ import annotations

import base64
import json
import re
from email import message_from_bytes
from email.message import EmailMessage

import pytest

from common.errors import InputError
from tests.verifier.test_altered_sites import forge

HEADER = re.compile(rb"Policy-Log-Entry:\s+[0-9a-f]{64}\r\n")


def words_of(letter) -> str:
    """Return the text of a letter, as a person would copy it."""
    return message_from_bytes(letter.read_bytes()).get_payload(0).get_payload(decode=True).decode()


def save(tmp_path, content: bytes):
    (tmp_path / "saved.eml").write_bytes(content)
    return tmp_path / "saved.eml"


def forward_in_text(letter) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Fwd"
    message.set_content("".join(f"> {line}\n" for line in words_of(letter).splitlines()), cte="base64")
    return message.as_bytes()


def forward_as_attachment(letter) -> bytes:
    message = EmailMessage()
    message.set_content("See below")
    message.add_attachment(message_from_bytes(letter.read_bytes()))
    return message.as_bytes()


def keep_html_alone(letter) -> bytes:
    html = message_from_bytes(letter.read_bytes()).get_payload(1).get_payload(decode=True)
    return b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(html)


FORMS = {
    "as it was sent": lambda letter: letter.read_bytes(),
    "with headers of relays": lambda letter: b"Received: by x\r\n" + letter.read_bytes(),
    "with line feeds alone": lambda letter: letter.read_bytes().replace(b"\r\n", b"\n"),
    "without its header": lambda letter: HEADER.sub(b"", letter.read_bytes()),
    "forwarded in the text": forward_in_text,
    "forwarded as an attachment": forward_as_attachment,
    "as HTML alone": keep_html_alone,
    "as text alone": lambda letter: b"\n" + words_of(letter).upper().encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_letter_vouches_for_everything_up_to_its_entry(site, letters, tmp_path, form):
    path = save(tmp_path, FORMS[form](letters["2.0"]))
    (line,) = site.verify(letters=[path]).results[1:]
    words = "version 2.0, published on 2026-01-10; nothing up to entry 2 of 6 was changed since"
    assert line == f"letter    {path}: {words}"
    forge(site, lambda entries: entries[4].update(day="2026-02-04"))  # later than the letter
    assert not any("saved.eml" in problem for problem in site.problems(letters=[path]))
    forge(site, lambda entries: entries[0].update(day="2026-01-04"))
    (problem,) = (line for line in site.problems(letters=[path]) if "saved.eml" in line)
    assert "was rewritten after the letter was sent" in problem


def test_a_saved_log_must_be_the_beginning_of_the_new_one(site, tmp_path):
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps({"schema": 2, "entries": site.log["entries"][:4]}))
    assert "its 4 entries are the first" in site.verify(old_log=saved).results[1]
    forge(site, lambda entries: entries[3].update(effective="2026-02-02"))
    assert any("entry 4 (published, version 2.1" in problem for problem in site.problems(old_log=saved))
    site.write_log(site.log["entries"][:2])
    assert any("history was rewritten" in problem or "shortened" in problem
               for problem in site.problems(old_log=saved))  # fmt: skip


def test_a_log_that_was_cut_is_found_with_a_saved_one(site, tmp_path):
    saved = tmp_path / "saved.json"
    saved.write_text(site.read("api/log.json"))
    site.write_log(site.log["entries"][:-1])
    assert any("was shortened after the copy was made" in problem for problem in site.problems(old_log=saved))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"Policy-Log-Entry: 12\n\nx",
        b"\xff" * 99,
        b"Content-Type: text/plain; x\n\n" + b"a" * 99,
    ],
)
def test_a_file_that_names_no_entry_is_refused(site, tmp_path, content):
    with pytest.raises(InputError, match="names no entry of a log"):
        site.verify(letters=[save(tmp_path, content)])


def test_deeply_nested_mail_is_refused_in_one_line(site, tmp_path):
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000))
    with pytest.raises(InputError, match=r"saved\.eml"):
        site.verify(letters=[save(tmp_path, parts)])


def test_an_altered_copy_of_a_log_is_refused(site, tmp_path):
    saved = tmp_path / "saved.json"
    saved.write_text(site.read("api/log.json").replace("2026-01-10", "2026-01-09"))
    with pytest.raises(InputError, match="a copy that was altered proves nothing"):
        site.verify(old_log=saved)


@pytest.mark.parametrize("option", ["old_log", "letters"])
def test_a_file_that_cannot_be_read_is_one_line(site, tmp_path, option):
    missing = tmp_path / "missing"
    with pytest.raises(InputError, match="cannot be read"):
        site.verify(**{option: missing if option == "old_log" else [missing]})

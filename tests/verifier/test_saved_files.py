"""Letters and logs are found in what mail programs and editors make of them."""

from __future__ import annotations

import codecs
import json
from base64 import encodebytes
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from common.errors import InputError
from tests.verifier.conftest import Site
from verifier.letters import read_entry_digits


def wrap(*parts) -> bytes:
    message = MIMEMultipart()
    message["Subject"] = "Fwd: Personvern"
    for part in (MIMEText("Se vedlegg."), *parts):
        message.attach(part)
    return message.as_bytes()


def attach_encoded_message(content: bytes) -> bytes:
    part = EmailMessage()
    part["Content-Type"] = "message/rfc822"
    part["Content-Transfer-Encoding"] = "base64"
    inner = EmailMessage()
    inner.set_payload(encodebytes(content).decode())
    part.set_payload([inner])
    return wrap(part)


FORWARDED = {
    "a file of bytes": lambda content: wrap(MIMEApplication(content)),
    "a file with the name of a letter": lambda content: wrap(
        MIMEApplication(content, "vnd.ms-outlook", name="brev.EML")
    ),
    "an encoded message": attach_encoded_message,
    "a file in a letter in a file": lambda content: wrap(MIMEApplication(wrap(MIMEApplication(content)))),
    "an encoded text": lambda content: wrap(MIMEText(content.decode("ascii"), "plain", "utf-8")),
}


@pytest.mark.parametrize("name", FORWARDED)
def test_a_forwarded_letter_is_found(site, letters, tmp_path, name):
    path = tmp_path / "forwarded.eml"
    path.write_bytes(FORWARDED[name](letters["2.0"].read_bytes()))
    found = site.verify(letters=[path])
    assert found.problems == []
    assert "nothing up to entry 2 of 6 was changed since" in found.results[1]


def test_letters_in_letters_without_end_are_refused(tmp_path):
    content = b"Subject: x\n\n"
    for _ in range(12):
        content = wrap(MIMEApplication(content))
    path = tmp_path / "deep.eml"
    path.write_bytes(content)
    with pytest.raises(InputError, match="nested too deeply"):
        read_entry_digits(path)


def test_a_saved_log_may_begin_with_a_byte_order_mark(site, tmp_path):
    old = tmp_path / "old.json"
    old.write_bytes(codecs.BOM_UTF8 + site.read("api/log.json").encode())
    assert site.verify(old_log=old).problems == []


@pytest.mark.parametrize("encode", [lambda text: text[:-20].encode(), lambda text: text.encode("utf-16")])
def test_a_saved_log_that_is_no_json_is_not_called_altered(site, tmp_path, encode):
    old = tmp_path / "old.json"
    old.write_bytes(encode(site.read("api/log.json")))
    with pytest.raises(InputError, match=r"is not JSON in UTF-8, or was cut off; pass a copy of log\.json"):
        site.verify(old_log=old)


def test_a_saved_log_with_another_word_was_altered(site: Site, tmp_path):
    entries = site.log["entries"]
    entries[0]["day"] = "2026-01-04"
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"schema": 2, "entries": entries}))
    with pytest.raises(InputError, match="a copy that was altered proves nothing"):
        site.verify(old_log=old)


@pytest.mark.parametrize("option", ["letters", "old_log"])
def test_a_folder_is_no_saved_letter_or_log(site, tmp_path, option):
    with pytest.raises(InputError, match=r"(directory|folder).*; pass a"):
        site.verify(**{option: [tmp_path] if option == "letters" else tmp_path})

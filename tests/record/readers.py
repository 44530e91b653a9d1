"""What readers of a policy see and save, and the command with which they verify the site later."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from build import main

if TYPE_CHECKING:
    from random import Random

_KEPT = re.compile(r' (?:href|start|data-part)="[^"]*"')
_TAG = re.compile(r"<(/?)([a-z0-9]+)([^<>]*)>")


@dataclass(frozen=True)
class Witness:
    """What a reader saved on a day, up to which entry of the log it vouches, and the commit of that entry."""

    options: tuple[str, ...]
    count: int
    saved: str
    commit: str


@dataclass(frozen=True)
class Verdict:
    """What `build.py verify` said."""

    code: int
    output: str


def verify(site: Path, witness: Witness) -> Verdict:
    """Verify a site with what was saved, as `build.py verify`."""
    result = CliRunner().invoke(main, ["verify", str(site), *witness.options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Verdict(result.exit_code, result.output)


def read_entries(site: Path) -> list[dict[str, Any]]:
    """Return the entries of the log of a site."""
    entries: list[dict[str, Any]] = json.loads((site / "api/log.json").read_text("utf-8"))["entries"]
    return entries


def save_witness(out: Path, folder: Path, random: Random, choice: str = "") -> Witness:
    """Save a letter that a site has today, or the log, or both: `choice`, or else what chance decides."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "saved-log.json"
    log.write_bytes((out / "site/api/log.json").read_bytes())
    entries = read_entries(out / "site")
    letters = sorted((out / "letters").glob("*/*.eml"))
    choice = choice or random.choice(["letter", "letter", "log", "both"]) if letters else "log"
    options: list[str] = []
    count, number = 0, ""
    if choice != "log":
        letter = random.choice(letters)
        path = folder / "letter.eml"
        path.write_bytes(_deliver(letter.read_bytes(), random))
        options += ["--letter", str(path)]
        number = letter.parent.name
        count = 1 + next(at for at, entry in enumerate(entries) if _publishes(entry, number))
    if choice != "letter":
        options += ["--log", str(log)]
        count = len(entries)
        number = ""  # the newest
    rows = json.loads((out / "site/api/versions.json").read_text("utf-8"))["versions"]
    commit = next((row["commit"] for row in rows if row["version"] == number), rows[-1]["commit"])
    return Witness(tuple(options), count, choice, commit)


def _publishes(entry: dict[str, Any], number: str) -> bool:
    return entry["kind"] == "published" and entry["version"] == number


def _deliver(content: bytes, random: Random) -> bytes:
    """Return a letter as it arrives: with an addressee, perhaps encoded or ended otherwise by a server."""
    message = message_from_bytes(content, policy=SMTP)
    message["To"] = "kari@example.no"
    message["Date"] = "Mon, 01 Jun 2026 12:00:00 +0200"
    message["Message-ID"] = "<1@example.no>"
    encoding = random.choice(["", "base64", "quoted-printable", "8bit"])
    for part in message.walk():
        if encoding and not part.is_multipart():
            subtype = part.get_content_subtype()
            part.set_content(part.get_content(), subtype=subtype, cte=encoding)
    received = b"Received: from relay by mx; Mon, 01 Jun 2026 12:00:01 +0200\r\n" + message.as_bytes()
    return received if random.random() < 0.5 else received.replace(b"\r\n", b"\n")


def read_view(site: Path, count: int) -> list[object]:
    """Return what readers see of the versions in the first `count` entries of the log of this site.

    It is independent of hashes: days, levels and channels as data, texts and notes as on the pages. What a
    later entry restates is left out.
    """
    entries = read_entries(site)
    numbers = [entry["version"] for entry in entries[:count] if entry["kind"] == "published"]
    later = [entry for entry in entries[count:] if entry["kind"] in {"note-mended", "explained"}]
    data = json.loads((site / "api/versions.json").read_text("utf-8"))
    rows = {row["version"]: row for row in data["versions"]}
    mended = {entry["version"] for entry in later}
    removed = {number for entry in entries[count:] for number in entry.get("versions", ())}
    return [
        _view_version(
            site, rows[number], data["base_url"], is_mended=number in mended, is_redacted=number in removed
        )
        for number in numbers
    ]


def _view_version(
    site: Path, row: dict[str, Any], base_url: str, *, is_mended: bool, is_redacted: bool
) -> object:
    facts = [row[key] for key in ("version", "level", "published", "effective", "channels")]
    texts = {}
    for code, text in sorted(row["languages"].items()):
        folder = site / text["url"].removeprefix(base_url)
        page = (folder / "index.html").read_text("utf-8")
        article = re.search(r"<article data-version.*?</article>", page, re.DOTALL)
        assert article
        history = re.search(r'<link rel="version-history" href="([^"]*)"', page)
        assert history
        # Not by way of the folder, which is a link.
        changelog = Path(normpath(folder / history[1]), "index.html").read_text("utf-8")
        pattern = rf'<section data-note="{re.escape(row["version"])}".*?</section>'
        notes = [] if is_mended else re.findall(pattern, changelog, re.DOTALL)
        texts[code] = [_strip(part) for part in ("" if is_redacted else article[0], *notes)]
    return [facts, texts]


def _strip(html: str) -> str:
    """Return HTML without attributes that readers do not see, and without boxes."""

    def write_tag(found: re.Match[str]) -> str:
        slash, name, attributes = found.groups()
        return "" if name in {"div", "span"} else f"<{slash}{name}{''.join(_KEPT.findall(attributes))}>"

    # White space is not seen, except in blocks of code.
    parts = re.split(r"(<pre>.*?</pre>)", _TAG.sub(write_tag, html), flags=re.DOTALL)
    return "".join(part if part.startswith("<pre>") else re.sub(r"\s+", " ", part) for part in parts)

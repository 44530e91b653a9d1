"""What `README.txt` of a folder of evidence says: what each file is, what it proves, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_OPENING = """\
EVIDENCE FOR VERSION {number} OF THE PRIVACY POLICY AT
{base_url}

Published on {published}, to take effect on {effective}. Level: {level}.
Entry {entry_number} of {entries} in the log:
{entry}
The pages are as the site showed them on {day}, the day of the newest entry of the log.

To verify this folder, with Klartekst and without a network:
    python build.py verify FOLDER
with a letter that a member has saved, or a log that somebody else has kept:
    python build.py verify FOLDER --letter LETTER.eml --log LOG.json
To compare it with the live site:
    python build.py verify ADDRESS --log FOLDER/site/api/log.json
To see that no file was damaged, without Klartekst:
    sha256sum --check SHA256SUMS


FILES
"""
_LOG = """
site/api/log.json
    The whole log of what was published. Each entry has the hash of the one before, so that
    none can be changed, removed or inserted without changing all later hashes. With a letter
    or a copy of the log that somebody else has kept, it proves that nothing up to there was
    changed since.
"""
_PAGE = """
site/{path}index.html
site/{path}policy.txt
    The text of the version ({language}), as its page and as plain text. The log has the hash
    of this text.
"""
_CHANGES = """
site/{path}
redline/{language}.txt
    What changed ({language}): the note, and the redline against the version before, as a page
    and as text. The log has the hash of the note. It has none of the redline, which follows
    from the two texts.
"""
_SITE_FILES = """
site/assets/
    The style sheet, script and pictures that the pages load. They prove nothing.

site/api/timestamps.json
    Time stamps (RFC 3161) of entries of the log, if there are any. With root certificates of
    an authority that you trust (verify --roots), each proves that its entry and all before it
    existed at that time.

evidence.json
    The same as data: level, days, channels, note, and the minimum level that the software
    derived from the facts of the policy, with its reasons. The log has level, days and
    channels, and the hash of the note. It does not have the minimum level.
"""
_LETTERS = """
letters/
    The letter in each language, without addressee, date and Message-ID, which are added when
    it is sent. It names the entry of the version in the header Policy-Log-Entry.
"""
_ARE_AS_SENT = {
    True: """\
    They have the hashes that proof.json has of the letters that were sent.
""",
    False: """\
    They are NOT the ones that were sent: proof.json has other hashes. They were made from the
    history; this differs after an update of the software, and after words were removed.
""",
    None: """\
    Nothing in this folder says that they were sent.
""",
}
_NO_LETTERS = """
letters/
    There are none: this version was not announced by mail.
"""
_PROOF = """
proof.json
    How many addressees the letter was sent to, by state and by language, and when, as counted
    by the ledger of the notification job. If it has "website", also how many members the
    website has shown the notice. It is a statement of the publisher's software. It has no
    names, addresses or pseudonyms.
"""
_NO_PROOF = """
proof.json
    There is none in this folder, so nothing here says how many people were told.
"""
_LIMITS = """
SHA256SUMS
    The hash of each other file. Whoever changes a file can change it too.


WHAT THE FOLDER DOES NOT PROVE

- Alone, it does not prove that it was not made up as a whole. A letter that a member has
  saved, a copy of the log that somebody else has kept, or a time stamp of an authority does.
- All days are the publisher's, unless a letter, a copy of the log or a time stamp confirms
  them.
- It does not prove that members have received or read a letter, only what the mail server
  accepted, according to the ledger.
- It does not prove that the policy was kept, only what was promised.
"""
_APPROVAL = """\
- It says who approved the version: {by}
  This is a statement of whoever made the folder, and nothing here proves it. The record of
  the review does: the pull request, the log of CI, or a signed tag.
"""
_NO_APPROVAL = """\
- It does not say who approved the version.
"""


def render_readme(record: Mapping[str, Any], pages: Mapping[str, str]) -> str:
    """Return the text; `record` is what evidence.json has, `pages` the path of the page of each language."""
    return "".join(_list_parts(record, pages))


def _list_parts(record: Mapping[str, Any], pages: Mapping[str, str]) -> Iterator[str]:
    version, log = record["version"], record["log"]
    yield _OPENING.format(
        number=version["version"],
        base_url=record["base_url"],
        published=version["published"],
        effective=version["effective"],
        level=version["level"],
        entry=version["entry"],
        entry_number=record["entry_number"],
        entries=log["entries"],
        day=log["day"],
    )
    yield _LOG
    for language, path in pages.items():
        yield _PAGE.format(path=path, language=language)
        if address := version["languages"][language]["redline_url"]:
            yield _CHANGES.format(path=address.removeprefix(record["base_url"]), language=language)
    yield _SITE_FILES
    yield _LETTERS + _ARE_AS_SENT[record["letters"]["as_sent"]] if record["letters"] else _NO_LETTERS
    yield _PROOF if record["has_proof"] else _NO_PROOF
    yield _LIMITS
    yield _APPROVAL.format(by=record["approval"]["by"]) if record["approval"] else _NO_APPROVAL

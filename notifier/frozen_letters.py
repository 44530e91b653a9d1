"""The letters of campaigns, stored in the ledger byte for byte: what was frozen is what is sent.

The folder that `build` wrote may be built again, edited or deleted afterwards: the only effect is a line that
says so, unless words were removed from the letter. A letter is kept after a purge until words are removed
from it.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, text

from common.errors import InputError
from notifier.ledger_tables import letter_table
from notifier.letters import Letter, LetterFolder, parse_letter

_INSERT_FILE = text(
    "INSERT INTO klartekst_letter (campaign, file, content)"
    " VALUES (:campaign, :file, :content) ON CONFLICT DO NOTHING"
)


def store_letter(connection: Connection, campaign_id: int, letter: Letter) -> None:
    """Store the files of a letter as those of a campaign."""
    rows = [
        {"campaign": campaign_id, "file": name, "content": content} for name, content in letter.files.items()
    ]
    connection.execute(_INSERT_FILE, rows)  # another process may have stored them since


def read_letter(connection: Connection, campaign_id: int, version: str, fingerprint: str) -> Letter | None:
    """Return the stored letter of a campaign, or None if an older release began it and stored none.

    Raises InputError if it is not the letter with that fingerprint.
    """
    columns = select(letter_table.c.file, letter_table.c.content)
    rows = connection.execute(columns.where(letter_table.c.campaign == campaign_id)).all()
    if not rows:
        return None
    files = {name: bytes(content) for name, content in rows}
    try:
        letter = parse_letter(lambda name: files.get(name, b""), "ledger")
    except InputError:
        letter = None
    if letter is None or letter.fingerprint != fingerprint:
        raise InputError(
            f"the letter of {version} in the ledger is damaged; "
            "restore the ledger from a backup and run notify reconcile"
        )
    return letter


def has_removed_words(frozen: Letter, folder: LetterFolder) -> bool:
    """Whether the letter in the folder is the stored one without words that were removed since."""
    return folder.letter is not None and (
        folder.letter.version == frozen.version and folder.letter.redactions > frozen.redactions
    )


def delete_letter(connection: Connection, campaign_id: int) -> None:
    """Delete the files of the letter of a campaign; its hashes are in the record of the campaign."""
    connection.execute(delete(letter_table).where(letter_table.c.campaign == campaign_id))


def describe_difference(frozen: Letter, folder: LetterFolder) -> str | None:
    """Say in one line that a folder differs from the letter that is sent; return None if it does not."""
    if folder.letter is None:
        problem = "is missing or damaged"
    elif folder.letter.files != frozen.files:
        problem = "has another letter"
    else:
        return None
    return (
        f"--letter: {folder.path} {problem}: the letter that the campaign of {frozen.version} was frozen "
        "with is used; publish a changed letter as a new version"
    )

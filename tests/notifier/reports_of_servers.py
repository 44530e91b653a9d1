"""Reports of mail servers about any letter, made from the files in `reports/`."""

from pathlib import Path

from notifier.delivery_reports import FailureReport, parse_delivery_report

_FOLDER = Path(__file__).parent / "reports"
MESSAGE_ID = "<0123456789abcdef0123456789abcdef01234567@dinbedrift.example>"
ADDRESS = "kari.nordmann@example.no"
FAILURES = sorted(path.stem for path in (_FOLDER / "failures").glob("*.eml"))
OTHERS = sorted(path.stem for path in (_FOLDER / "others").glob("*.eml"))
# A dozen that have nothing in common, for the kill storm.
TWELVE_KINDS = (
    "courier",
    "domino",
    "exchange-online",
    "exim",
    "exim-text",
    "gmail",
    "icloud",
    "opensmtpd",
    "postfix-expired",
    "qmail",
    "sendmail",
    "yahoo",
)


def make_report(kind: str, message_id: str = MESSAGE_ID, address: str = ADDRESS) -> bytes:
    """Return the report of one kind about a letter; everything else in it stays as it is."""
    folder = "failures" if kind in FAILURES else "others"
    octets = (_FOLDER / folder / f"{kind}.eml").read_bytes()
    return octets.replace(MESSAGE_ID.encode(), message_id.encode()).replace(
        ADDRESS.encode(), address.encode()
    )


def parse_report(kind: str) -> FailureReport | None:
    return parse_delivery_report(make_report(kind))


def deliver(maildir: Path, name: str, report: bytes) -> Path:
    """Put a report into a Maildir."""
    for folder in ("tmp", "new", "cur"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    path = maildir / "tmp" / name
    path.write_bytes(report)
    return path.rename(maildir / "new" / name)

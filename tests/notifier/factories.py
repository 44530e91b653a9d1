"""Files that the tests make: letters as `build` prints them, addressees, campaigns, certificates."""

import hashlib
import json
import sqlite3
import ssl
import subprocess
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tests.notifier.cli import CommandResult, run_command

ENTRY = hashlib.sha256(b"entry").hexdigest()  # in the log of the policy


def write_letter(
    folder: Path,
    version: str = "2.0",
    *,
    text: str = "",
    languages: tuple[str, ...] = ("nb", "en"),
    **record: object,
) -> Path:
    """Write a letter in the form that `build` prints; `record` is for its letter.json."""
    folder.mkdir(parents=True, exist_ok=True)
    sha256 = {}
    for language in languages:
        message = EmailMessage(policy=SMTP)
        message["From"] = "Din Bedrift <varsel@dinbedrift.example>"
        message["Subject"] = {"nb": "Endringer i personvernerklæringen", "en": "Changes"}.get(
            language, language
        )
        message["Auto-Submitted"] = "auto-generated"
        message["Policy-Log-Entry"] = ENTRY
        body = f"{language}: Hei på deg\n\n.\n..to prikker\n.skjult\n{text}\n"
        message.set_content(body, cte="quoted-printable")
        message.add_alternative(f"<p>{body}</p>", subtype="html", cte="quoted-printable")
        octets = message.as_bytes()
        (folder / f"{language}.eml").write_bytes(octets)
        sha256[language] = hashlib.sha256(octets).hexdigest()
    record = {
        "schema": 2,
        "version": version,
        "level": "major",
        "published": "2026-11-22",
        "effective": "2099-12-22",  # no campaign of the tests is too late
        "languages": list(languages),
        "sha256": sha256,
        "entry": ENTRY,
        **record,
    }
    (folder / "letter.json").write_text(json.dumps(record))
    return folder


def write_addressees(path: Path, count: int, *, language: str = "nb") -> Path:
    path.write_text("email,language\n" + "".join(f"member{n}@example.no,{language}\n" for n in range(count)))
    return path


@dataclass(frozen=True)
class CampaignFiles:
    """The files of one campaign, and the commands with their usual options."""

    folder: Path
    letter: Path
    addressees: Path
    ledger: str
    key: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {"KLARTEKST_KEY": self.key} if self.key else {}

    def send_arguments(self, smtp: str, count: int, *options: object) -> list[object]:
        where = ["--letter", self.letter, "--recipients", self.addressees, "--ledger", self.ledger]
        return ["send", *where, "--smtp", smtp, "--confirm", count, *options]

    def send(self, smtp: str, count: int, *options: object) -> CommandResult:
        arguments, environment = self.send_arguments(smtp, count, *options), dict(self.environment)
        if "@" in smtp:  # a password may not be on the command line
            del arguments[arguments.index("--smtp") : arguments.index(smtp) + 1]
            environment["KLARTEKST_SMTP"] = smtp
        return run_command(*arguments, **environment)

    def plan(self, *options: object) -> CommandResult:
        return run_command(
            "plan", "--letter", self.letter, "--recipients", self.addressees, *options, **self.environment
        )

    def run(self, command: str, *options: object) -> CommandResult:
        return run_command(command, "--ledger", self.ledger, *options, **self.environment)

    def status(self) -> dict:
        ended = self.run("status", "--format", "json")
        assert ended.code == 0, ended.err
        return json.loads(ended.out)["campaigns"][0]

    @property
    def counts(self) -> dict[str, int]:
        """The states that an addressee is in."""
        return {state: number for state, number in self.status()["counts"].items() if number}

    @property
    def database(self) -> Path:
        return Path(self.ledger.removeprefix("sqlite:///"))

    def execute(self, statement: str) -> list[tuple]:
        connection = sqlite3.connect(self.database)
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()


def create_campaign(
    folder: Path, people: int | str = 3, *, ledger: str | None = None, key: str = ""
) -> CampaignFiles:
    path = folder / "people.csv"
    if isinstance(people, int):
        write_addressees(path, people)
    else:
        path.write_bytes(people.encode() if isinstance(people, str) else people)
    letter = write_letter(folder / "letters" / "2.0")
    return CampaignFiles(folder, letter, path, ledger or f"sqlite:///{folder / 'notify.db'}", key)


def create_certificate(folder: Path, name: str) -> Path:
    """Make a key and a certificate that is its own authority, in one file."""
    path = folder / f"{name.replace(':', '-')}.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += [
        "-subj",
        "/CN=test",
        "-addext",
        f"subjectAltName={name}",
        "-keyout",
        str(path),
        "-out",
        f"{path}.crt",
    ]
    subprocess.run(command, check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def server_tls_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context

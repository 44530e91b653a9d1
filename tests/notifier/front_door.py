"""How the tests reach the commands: one place, whatever the front door is called."""

import hashlib
import json
import os
import sqlite3
import ssl
import subprocess
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TypeVar

from click.testing import CliRunner

from notifier import loop
from notifier.commands import notify
from notifier.loop import Waiting

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
_WITHOUT_BUILD = [sys.executable, "-c", "from notifier.commands import notify; notify()"]
ENTRY = [sys.executable, str(ROOT / "build.py"), "notify"] if (ROOT / "build.py").exists() else _WITHOUT_BUILD


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.out.rstrip("\n").rpartition("\n")[2]


def start(*arguments: object, entry: list[str] | None = None, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*(entry or ENTRY), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: object, **environment: str) -> Ended:
    """Run a command in this process, which spares the second that a new one takes to start."""
    done = CliRunner().invoke(notify, [str(argument) for argument in arguments], env=environment)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)


def finished(process: subprocess.Popen[str], seconds: float = 600) -> Ended:
    out, err = process.communicate(timeout=seconds)
    return Ended(process.returncode, out, err)


def done(waiting: Waiting[T]) -> T:
    """Drive what waits to its end, alone, and return its result."""
    results = []

    def task():
        results.append((yield from waiting))

    loop.run([task()], lambda: None)
    return results[0]


def print_letter(
    folder: Path, version: str = "2.0", *, text: str = "", languages: tuple[str, ...] = ("nb", "en")
) -> Path:
    """Make what `build` prints (contract §5)."""
    folder.mkdir(parents=True, exist_ok=True)
    sha256 = {}
    for language in languages:
        message = EmailMessage(policy=SMTP)
        message["From"] = "Din Bedrift <varsel@dinbedrift.example>"
        message["Subject"] = {"nb": "Endringer i personvernerklæringen", "en": "Changes"}.get(
            language, language
        )
        message["Auto-Submitted"] = "auto-generated"
        body = f"{language}: Hei på deg\n\n.\n..to prikker\n.skjult\n{text}\n"
        message.set_content(body, cte="quoted-printable")
        message.add_alternative(f"<p>{body}</p>", subtype="html", cte="quoted-printable")
        octets = message.as_bytes()
        (folder / f"{language}.eml").write_bytes(octets)
        sha256[language] = hashlib.sha256(octets).hexdigest()
    digest = {language: hashlib.sha256(language.encode()).hexdigest() for language in languages}
    record = {
        "schema": 1,
        "version": version,
        "level": "major",
        "published": "2026-11-22",
        "effective": "2026-12-22",
        "languages": list(languages),
        "sha256": sha256,
        "text_sha256": digest,
        "chain_sha256": hashlib.sha256(b"chain").hexdigest(),
    }
    (folder / "letter.json").write_text(json.dumps(record))
    return folder


def write_people(path: Path, count: int, *, language: str = "nb") -> Path:
    path.write_text("email,language\n" + "".join(f"member{n}@example.no,{language}\n" for n in range(count)))
    return path


@dataclass(frozen=True)
class Campaign:
    """One campaign's files, and the commands with what each time is the same."""

    folder: Path
    letter: Path
    people: Path
    ledger: str
    key: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {"KLARTEKST_KEY": self.key} if self.key else {}

    def sending(self, smtp: str, count: int, *options: object) -> list[object]:
        where = ["--letter", self.letter, "--recipients", self.people, "--ledger", self.ledger]
        return ["send", *where, "--smtp", smtp, "--confirm", count, *options]

    def send(self, smtp: str, count: int, *options: object) -> Ended:
        return run(*self.sending(smtp, count, *options), **self.environment)

    def plan(self, *options: object) -> Ended:
        return run("plan", "--letter", self.letter, "--recipients", self.people, *options, **self.environment)

    def ask(self, command: str, *options: object) -> Ended:
        return run(command, "--ledger", self.ledger, *options, **self.environment)

    def status(self) -> dict:
        ended = self.ask("status", "--format", "json")
        assert ended.code == 0, ended.err
        return json.loads(ended.out)["campaigns"][0]

    @property
    def counts(self) -> dict[str, int]:
        """The states that somebody is in."""
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


def campaign(folder: Path, people: int | str = 3, *, ledger: str | None = None, key: str = "") -> Campaign:
    path = folder / "people.csv"
    if isinstance(people, int):
        write_people(path, people)
    else:
        path.write_bytes(people.encode() if isinstance(people, str) else people)
    letter = print_letter(folder / "letters" / "2.0")
    return Campaign(folder, letter, path, ledger or f"sqlite:///{folder / 'notify.db'}", key)


def certificate(folder: Path, name: str) -> Path:
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


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context

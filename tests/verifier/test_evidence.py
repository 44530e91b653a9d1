"""`build.py evidence` writes what proves a version, without personal data; `build.py verify` accepts it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from common.errors import InputError
from editing.time_stamping import stamp_newest_entry
from generator.build_options import PROJECT
from generator.evidence import EvidenceOptions, write_evidence
from generator.template_files import TemplateFiles
from tests.helpers.cli import BuildCommand, create_history, hash_files, run_build_py
from tests.helpers.in_process import build
from tests.helpers.time_stamp_authority import serve_time_stamps
from verifier.evidence import verify_evidence

run = BuildCommand()
ADDRESSES = ["kari@medlem.example", "ola.nordmann@medlem.example", "john@medlem.example"]
KEY = "k" * 32
TEMPLATES = TemplateFiles(PROJECT / "templates")


def write(source: Path, out: Path, *options: object, version: str = "2.0", **env: str) -> Path:
    done = run("evidence", version, "--source", source, "--out", out, *options, **env)
    assert (done.code, done.err) == (0, ()), done
    return out


def refuse(source: Path, out: Path, *, version: str = "2.0", **options: object) -> str:
    """Return the only line about evidence that is not written."""
    with pytest.raises(InputError) as refused:
        write_evidence(EvidenceOptions(source, version, out, TEMPLATES, **options))
    (line,) = str(refused.value).splitlines()
    return line


@pytest.fixture(scope="module")
def source(published) -> Path:
    return published.parent / "source"


def prove(folder: Path, letter: Path) -> Path:
    """Return the proof of a campaign whose ledger has three members; the website has shown it to one."""
    folder.mkdir()
    members = folder / "members.csv"
    members.write_text("email,language,name\n" + "".join(f"{one},nb,Kari Nordmann\n" for one in ADDRESSES))
    entry = read(letter, "letter.json")["entry"]
    row = f"{'ab' * 32},2.0,{entry},login,2026-01-12T12:00:00Z,2026-01-13T12:00:00Z"
    (folder / "shown.csv").write_text(f"user,version,entry,channel,shown,acknowledged\n{row}\n")
    options = ["--letter", letter, "--ledger", f"sqlite:///{folder / 'ledger.db'}"]
    for command in (
        ["plan", *options, "--recipients", members],
        ["proof", *options, "--out", folder / "proof", "--shown", folder / "shown.csv"],
    ):
        done = run("notify", *command, KLARTEKST_KEY=KEY)
        assert done.code == 0, done
    return folder / "proof" / "proof.json"


@pytest.fixture(scope="module")
def proof(published, tmp_path_factory) -> Path:
    """The proof of 2.0, beside its letters."""
    return prove(tmp_path_factory.mktemp("proved") / "campaign", published / "letters/2.0")


@pytest.fixture(scope="module")
def evidence(source, proof, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("evidence") / "2.0"
    return write(source, out, "--proof", proof, "--approved-by", "Personvernombudet")


@pytest.fixture
def copy(evidence, tmp_path) -> Path:
    """A copy that a test may alter."""
    return shutil.copytree(evidence, tmp_path / "copy")


def read(folder: Path, name: str) -> dict:
    return json.loads((folder / name).read_bytes())


def read_letter(path: Path) -> str:
    """Return the text and the HTML of a letter."""
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    return "".join(part.get_content() for part in message.iter_parts())


def update_sums(folder: Path) -> None:
    """Write SHA256SUMS anew, as somebody who alters a file would."""
    sums = hash_files(folder)
    sums.pop("SHA256SUMS", None)
    lines = (f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / "SHA256SUMS").write_text("".join(lines))


def replace(folder: Path, name: str, old: str, new: str, *, count: int = -1) -> None:
    text = (folder / name).read_bytes().decode()
    assert old in text, (name, old)
    (folder / name).write_bytes(text.replace(old, new, count).encode())
    update_sums(folder)


def find_problems(folder: Path, **options) -> list[str]:
    return list(verify_evidence(str(folder), **options).problems)


def test_evidence_has_everything_that_was_published_and_told(evidence, published):
    assets = {
        path.relative_to(published / "site").as_posix() for path in (published / "site/assets").iterdir()
    }
    pages = [
        *("versjon/2.0/index.html", "versjon/2.0/policy.txt", "versjon/2.0/endringer/index.html"),
        *("en/version/2.0/index.html", "en/version/2.0/policy.txt", "en/version/2.0/changes/index.html"),
    ]
    assert hash_files(evidence).keys() == {
        *("README.txt", "SHA256SUMS", "evidence.json", "proof.json", "redline/nb.txt", "redline/en.txt"),
        *("letters/nb.eml", "letters/en.eml", "site/api/log.json", "site/api/timestamps.json"),
        *(f"site/{path}" for path in (*pages, *assets)),
    }
    for name in ("api/log.json", "versjon/2.0/policy.txt", "versjon/2.0/endringer/index.html"):
        assert (evidence / "site" / name).read_bytes() == (published / "site" / name).read_bytes()
    redline = (evidence / "redline/nb.txt").read_text()
    assert "[slettet: Vi deler ingen opplysninger med andre.]" in redline
    assert "[lagt til: Vi lagrer navn hos trykkeriet.]" in redline


def test_evidence_states_the_facts_of_the_version(evidence, published):
    record = read(evidence, "evidence.json")
    rows = read(published / "site", "api/versions.json")["versions"]
    assert record["version"] == next(row for row in rows if row["version"] == "2.0")
    log = read(published / "site", "api/log.json")["entries"]
    assert record["log"] == {"entries": 6, "day": "2026-03-03", "head": log[-1]["hash"]}
    assert (record["entry_number"], record["lead_days"]) == (2, 30)
    assert record["approval"] == {"by": "Personvernombudet", "kind": "statement"}
    assert record["letters"]["as_sent"] is True
    proof = read(evidence, "proof.json")
    assert (proof["addressees"], proof["website"]["channels"]["login"]["shown"]["members"]) == (3, 1)


def test_the_reasons_for_the_minimum_level_are_in_words(tmp_path):
    script = """
      start 2026-01-05
      sed -i s/P2Y/P3Y/ content/facts/retention.yaml
      note lenger major 2026-03-20
      commit 2026-02-10
    """
    source = create_history(tmp_path / "source", script)
    out = write(source, tmp_path / "out")
    record = read(out, "evidence.json")
    assert record["version"]["minimum_level"] == "major"
    assert record["minimum_level_reasons"] == ["retention.account.period grows from P2Y to P3Y"]


def test_verify_accepts_evidence_offline(evidence, published):
    done = run(
        *("verify", evidence, "--letter", published / "letters/2.0/nb.eml"),
        *("--log", published / "site/api/log.json"),
    )
    assert (done.code, done.err) == (0, ())
    lines = done.out.splitlines()
    assert lines[0] == (
        "evidence  version 2.0, published on 2026-01-10: texts and note (nb, en) are those of entry 2 of 6"
    )
    assert [line.split()[0] for line in lines] == ["evidence", "verified", "log", "letter", "told"]
    assert lines[-1] == "told      the letters here: 0 of 3 sent, as the publisher's ledger counted"


@pytest.mark.parametrize("version", ["1.0", "2.1", "3.0"])
def test_evidence_of_every_version_is_accepted(source, tmp_path, version):
    out = write(source, tmp_path / "out", version=version)
    done = run("verify", out)
    assert (done.code, done.out.splitlines()[0][:22]) == (0, f"evidence  version {version},"[:22])


def test_the_log_in_it_can_be_compared_with_the_site(evidence, published):
    done = run("verify", published / "site", "--log", evidence / "site/api/log.json")
    assert done.code == 0
    assert "its 6 entries are the first of this log" in done.out


def test_the_same_history_gives_the_same_bytes(evidence, source, proof, tmp_path):
    options = ["--proof", proof]
    named = {"KLARTEKST_APPROVED_BY": "Personvernombudet"}
    again = write(source, tmp_path / "deep/er", *options, **named, TZ="Pacific/Auckland", LANG="nb_NO.UTF-8")
    assert hash_files(again) == hash_files(evidence)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in again.rglob("*")}
    assert modes == {0o644, 0o755}


def test_no_member_can_be_found_in_evidence(evidence):
    for path in evidence.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not re.search(rb"medlem\.example|nordmann|abababab", content, re.IGNORECASE), path
        assert b"redaksjonen" not in content, path  # nor who made the commits


LATE = {
    "at": "2026-12-01T12:00:00+00:00",
    "decision": "late",
    "reason": "Glemt.",
    "days": -2,
    "lead_days": 30,
}
APPROVED = {"at": "2026-12-01T12:00:00+00:00", "decision": "approved", "by": "Styret, v/ leder"}
UNFROZEN = {
    "at": "2026-12-01T12:00:00+00:00",
    "decision": "unfrozen",
    "addressees": 12,
    "unfrozen": "2026-12-01T12:00:00+00:00",
}
AUDIENCES = {
    "tell": "affected",
    "affected": ["members"],
    "told": {"members": 2},
    "left_out": 1,
    "left_out_of": {"": 1, "gjester-å": 0},
}


def test_decisions_and_audiences_of_a_campaign_are_part_of_its_proof(source, proof, tmp_path):
    whole = {
        **json.loads(proof.read_text()),
        "decisions": [LATE, APPROVED, UNFROZEN],
        "audiences": AUDIENCES,
    }
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(whole))
    assert read(write(source, tmp_path / "out", "--proof", path), "proof.json") == whole


FOREIGN_FIELDS = {
    "a new field": lambda proof: {**proof, "members": ADDRESSES},
    "an address as a state": lambda proof: {**proof, "counts": {ADDRESSES[0]: 3}},
    "an address as a language": lambda proof: {**proof, "by_language": {ADDRESSES[0]: {"sent": 3}}},
    "an address as a domain": lambda proof: {
        **proof,
        "letter": {**proof["letter"], "message_ids_at": ADDRESSES[0]},
    },
    "a pseudonym in the website's counts": lambda proof: {
        **proof,
        "website": {**proof["website"], "users": ["ab" * 32]},
    },
    "a text as a number": lambda proof: {**proof, "addressees": ADDRESSES[0]},
    "an address as a reason": lambda proof: {**proof, "decisions": [{**LATE, "reason": ADDRESSES[0]}]},
    "an address as an approver": lambda proof: {**proof, "decisions": [{**APPROVED, "by": ADDRESSES[0]}]},
    "an unknown decision": lambda proof: {**proof, "decisions": [{**APPROVED, "decision": "read"}]},
    "an address as an audience": lambda proof: {
        **proof,
        "audiences": {**AUDIENCES, "told": {ADDRESSES[0]: 1}},
    },
    "a missing field": lambda proof: {name: value for name, value in proof.items() if name != "frozen"},
    "another schema": lambda proof: {**proof, "schema": 1},
}


@pytest.mark.parametrize("name", FOREIGN_FIELDS)
def test_a_proof_with_anything_else_is_refused_and_not_repeated(source, proof, tmp_path, name):
    altered = tmp_path / "proof.json"
    altered.write_text(json.dumps(FOREIGN_FIELDS[name](json.loads(proof.read_text()))))
    line = refuse(source, tmp_path / "out", proof=altered)
    assert "proof.json" in line
    assert not re.search("medlem|abab", line)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 50_000, '{"a": NaN}'])
def test_a_file_that_is_no_proof_is_refused(source, tmp_path, content):
    path = tmp_path / "proof.json"
    path.write_text(content)
    assert "pass proof.json as notify proof wrote it" in refuse(source, tmp_path / "out", proof=path)


def test_the_proof_of_another_version_is_refused(source, proof, tmp_path):
    line = refuse(source, tmp_path / "out", proof=proof, version="3.0")
    assert "is the proof of version 2.0" in line


def test_the_letters_that_were_sent_are_taken_from_beside_the_proof(source, proof, tmp_path):
    """After an update of the software, the history gives other letters."""
    folder = shutil.copytree(proof.parent, tmp_path / "proof")
    values = read(folder, "proof.json")
    for code in ("nb", "en"):
        letter = folder / f"{code}.eml"
        letter.write_bytes(letter.read_bytes().replace(b"Eksempel AS", b"Eksempel BA"))
        values["sha256"][code] = hashlib.sha256(letter.read_bytes()).hexdigest()
    (folder / "proof.json").write_text(json.dumps(values))
    out = write(source, tmp_path / "out", "--proof", folder / "proof.json")
    assert (out / "letters/nb.eml").read_bytes() == (folder / "nb.eml").read_bytes()
    assert read(out, "evidence.json")["letters"]["as_sent"] is True
    assert find_problems(out) == []


@pytest.mark.parametrize("header", [b"To: kari@medlem.example", b"X-Envelope-To: kari@medlem.example"])
def test_a_letter_to_a_member_is_not_taken(source, proof, tmp_path, header):
    folder = shutil.copytree(proof.parent, tmp_path / "proof")
    letter = folder / "nb.eml"
    letter.write_bytes(header + b"\r\n" + letter.read_bytes())
    values = read(folder, "proof.json")
    values["sha256"]["nb"] = hashlib.sha256(letter.read_bytes()).hexdigest()
    (folder / "proof.json").write_text(json.dumps(values))
    out = write(source, tmp_path / "out", "--proof", folder / "proof.json")
    assert read(out, "evidence.json")["letters"]["as_sent"] is False
    assert b"medlem" not in (out / "letters/nb.eml").read_bytes()
    assert "They are NOT the ones that were sent" in (out / "README.txt").read_text()
    assert find_problems(out) == []


def test_words_that_were_removed_are_in_no_evidence_not_even_in_the_letter_that_was_sent(tmp_path):
    script = """
      start 2026-01-05
      words nb/02-deling "Kari Nordmann leser alt."
      note leser major 2026-02-20
      commit 2026-01-10
      words nb/02-deling "En ansatt leser alt."
      commit 2026-02-21
    """
    source = create_history(tmp_path / "source", script)
    build(source, tmp_path / "out")
    proof = prove(tmp_path / "campaign", tmp_path / "out/letters/2.0")
    assert "Kari Nordmann" in read_letter(proof.parent / "nb.eml")
    words = ["redact", "deling", "--source", str(source), "--reason", "Lekket.", "--today", "2026-02-22"]
    assert run_build_py(*words, stdin="Kari Nordmann").returncode == 0
    create_history(source, "commit 2026-02-22")
    out = write(source, tmp_path / "evidence", "--proof", proof)
    assert read(out, "evidence.json")["letters"]["as_sent"] is False
    letters = "".join(map(read_letter, out.glob("letters/*.eml")))
    texts = "".join(path.read_text("utf-8") for path in out.rglob("*") if path.is_file())
    assert "[fjernet]" in letters
    assert "Nordmann" not in letters + texts
    done = run("verify", out)
    assert (done.code, done.out.splitlines()[2][:46]) == (0, "redacted  words were removed from section 'del")


def test_a_time_stamp_of_the_log_is_in_it_and_verified(published, tmp_path):
    source = shutil.copytree(published.parent / "source", tmp_path / "source")
    with serve_time_stamps(tmp_path / "authority") as authority:
        stamp_newest_entry(source, "HEAD", authority.address, authority.roots)
        create_history(source, "commit 2026-03-04")
        out = write(source, tmp_path / "out")
        verification = verify_evidence(str(out), roots_file=authority.roots)
    assert verification.problems == []
    assert verification.results[2].startswith("stamped   entry 6 of 2026-03-03 existed on ")
    assert (
        find_problems(write(published.parent / "source", tmp_path / "bare"), roots_file=authority.roots) == []
    )


@pytest.mark.parametrize("name", ["kari@example.no", "Kari\nNordmann", "a" * 201, "Kari\u202e", " Kari"])
def test_who_approved_is_a_name_in_one_line_and_no_address(source, tmp_path, name):
    assert "--approved-by" in refuse(source, tmp_path / "out", approved_by=name)


def test_a_folder_with_something_in_it_is_refused_and_an_empty_one_taken(source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    write(source, out)
    before = hash_files(out)
    assert "exists and is not an empty folder" in refuse(source, out)
    assert hash_files(out) == before
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert "exists and is not an empty folder" in refuse(source, tmp_path / "link")
    (tmp_path / "file").write_text("")
    assert "exists and is not an empty folder" in refuse(source, tmp_path / "file")


def test_the_command_says_in_one_line_why_it_refuses(source, tmp_path):
    done = run("evidence", "9.9", "--source", source, "--out", tmp_path / "out")
    assert (done.code, done.err) == (2, ("there is no version '9.9'; the newest is 3.0",))


def test_nothing_is_left_when_evidence_cannot_be_written(source, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refuse(source, tmp_path / "file" / "out")
    assert "no version '9.9'; the newest is 3.0" in refuse(source, tmp_path / "out", version="9.9")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_any_byte_that_is_altered_is_found(evidence, tmp_path):
    for name in hash_files(evidence):
        folder = shutil.copytree(evidence, tmp_path / "one")
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(bytes(content))
        assert find_problems(folder), name
        shutil.rmtree(folder)


# Alterations by somebody who writes SHA256SUMS anew.
ALTERED = {
    "a word of the text": ("site/versjon/2.0/index.html", "trykkeriet", "avisen", "the text is not the one"),
    "a word of the plain text": ("site/versjon/2.0/policy.txt", "trykkeriet", "avisen", "has other words"),
    "the note": ("site/en/version/2.0/changes/index.html", "Vi <", "We <", "is not the one in the log"),
    "the words of the note": ("evidence.json", "Les trykkeri", "Les alt", "has other words than"),
    "the level": ("evidence.json", '"level": "major"', '"level": "minor"', "other facts"),
    "the day": ("evidence.json", '"effective": "2026-02-20"', '"effective": "2026-02-10"', "other facts"),
    "a channel": ("evidence.json", '   "login",\n', "", "other facts"),
    "the entry": ("evidence.json", '"entry": "', '"entry": "0', "other facts"),
    "the place in the log": ("evidence.json", '"entry_number": 2', '"entry_number": 3', "another place"),
    "the last entry": ("evidence.json", '"head": "', '"head": "0', "last hash"),
    "the log": ("site/api/log.json", "2026-02-20", "2026-02-10", "does not have the hash of its own fields"),
    "a letter": ("letters/nb.eml", "Policy-Log-Entry:", "Policy-Log-Entrx:", "does not name the entry"),
    "that there is a proof": ("evidence.json", '"has_proof": true', '"has_proof": false', "no proof of it"),
    "a count": ("proof.json", '"pending": 3', '"pending": 4', "do not add up"),
    "the version of the proof": ("proof.json", '"version": "2.0"', '"version": "3.0"', "another version"),
    "the letters of the proof": ("proof.json", '"nb": "', '"nb": "0', "has not the hashes of the letters"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_what_contradicts_the_log_or_the_letters_is_found(copy, name):
    file, old, new, problem = ALTERED[name]
    replace(copy, file, old, new)
    assert any(problem in line for line in find_problems(copy)), find_problems(copy)
    done = run("verify", copy)
    assert (done.code, done.err) == (1, ())


def test_a_log_that_was_rewritten_as_a_whole_is_found_with_a_letter_that_was_saved(published, tmp_path):
    other = create_history(
        tmp_path / "source",
        "start 2026-01-05\nwords nb/02-deling Alt.\nnote alt major 2026-03-01\ncommit 2026-01-10",
    )
    out = write(other, tmp_path / "out")
    assert find_problems(out) == []
    (problem,) = find_problems(out, letters=[published / "letters/2.0/nb.eml"])
    assert "it was rewritten after the letter was sent" in problem


def test_files_that_are_added_missing_or_links_are_found(copy):
    (copy / "members.csv").write_text("")
    assert find_problems(copy) == ["members.csv: is not in SHA256SUMS: it was added"]
    update_sums(copy)
    assert find_problems(copy) == ["members.csv: is no file of this evidence"]
    (copy / "members.csv").unlink()
    update_sums(copy)
    (copy / "redline/nb.txt").unlink()
    assert find_problems(copy) == ["redline/nb.txt: is missing"]
    update_sums(copy)
    assert find_problems(copy) == ["redline/nb.txt: is not in SHA256SUMS, but evidence.json tells of it"]
    (copy / "redline/nb.txt").symlink_to(copy / "redline/en.txt")
    update_sums(copy)
    assert find_problems(copy) == ["redline/nb.txt: is no file of its own, but a link or something else"]


@pytest.mark.parametrize("name", ["evidence.json", "SHA256SUMS", "site/api/log.json", "proof.json"])
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"schema": 1, "version": []}', b"[" * 50_000]
)
def test_a_file_of_another_form_is_one_problem_and_no_traceback(copy, name, content):
    (copy / name).write_bytes(content)
    if name != "SHA256SUMS":
        update_sums(copy)
    assert find_problems(copy)


def test_evidence_without_its_site_is_refused(copy):
    shutil.rmtree(copy / "site")
    done = run("verify", copy)
    assert (done.code, len(done.err)) == (2, 1)
    assert "no folder site" in done.err[0]

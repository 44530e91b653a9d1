"""An outside authority says since when an entry of the log exists, and a site passes it on."""

from __future__ import annotations

import base64
import json
import re
import shutil

import pytest

from common.errors import InputError, TryLaterError
from editing.time_stamping import stamp_newest_entry
from policy.findings import ContentError
from policy.loader import load_policy
from policy.sources import read_content_files
from tests.helpers.cli import BuildCommand, create_history, run_build_py, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build
from tests.helpers.reference import first_column_codes, read_section
from tests.helpers.time_stamp_authority import REPLY_TYPE, TimeStampAuthority, serve_time_stamps
from verifier.verification import verify_site

HISTORY = """
start 2026-01-05
words nb/01-kontakt "Skriv eller ring."
words en/01-kontakt "Write or call."
commit 2026-02-01
"""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    return create_history(tmp_path_factory.mktemp("stamped") / "source", HISTORY)


@pytest.fixture
def source(history, tmp_path):
    return shutil.copytree(history, tmp_path / "source")


@pytest.fixture(scope="module")
def served_authority(tmp_path_factory):
    with serve_time_stamps(tmp_path_factory.mktemp("authority") / "files") as authority:
        yield authority


@pytest.fixture
def authority(served_authority) -> TimeStampAuthority:
    served_authority.replace = None
    served_authority.requests.clear()
    return served_authority


@pytest.fixture
def other(tmp_path) -> TimeStampAuthority:
    """An authority with a root of its own and no server."""
    (tmp_path / "other").mkdir()
    authority = TimeStampAuthority(tmp_path / "other")
    authority.create_certificates()
    return authority


def stamp(source, authority, ref="HEAD", roots=None) -> str:
    return stamp_newest_entry(source, ref, authority.address, roots or authority.roots)


def list_stored(source) -> list:
    folder = source / "content" / "timestamps"
    return sorted(folder.iterdir()) if folder.exists() else []


def commit(source) -> None:
    run_command(source, "git", "add", "--all")
    run_command(source, "git", "commit", "-qm", "Add a time stamp")


def publish(source, out, *rows) -> list[dict]:
    """Build, put other time stamps into the site if there are any, and return the entries of its log."""
    build(source, out)
    path = out / "site" / "api" / "timestamps.json"
    if rows:
        path.write_text(json.dumps({"schema": 2, "timestamps": rows}))
    return json.loads((out / "site" / "api" / "log.json").read_bytes())["entries"]


def make_row(token: bytes, name: str = "2026-02-01-0123456789abcdef.tsr") -> dict[str, str]:
    return {"file": name, "token": base64.b64encode(token).decode()}


def verify(out, roots=None):
    return verify_site(str(out / "site"), roots_file=roots)


def test_a_stamped_entry_is_published_and_verified(source, authority, tmp_path):
    before = publish(source, tmp_path / "before")
    run = BuildCommand()
    done = run("witness", "--source", source, "--tsa", authority.address, "--roots", authority.roots)
    ((kind, query),) = authority.requests
    assert (kind, done.code, done.err) == ("application/timestamp-query", 0, ())
    (stored,) = list_stored(source)
    assert done.out.startswith(
        f"written  content/timestamps/{stored.name}: entry 2 of 2026-02-01 existed on "
    )
    assert done.out.endswith("Z (time stamp of Test authority); commit it\n")
    assert stored.name == f"2026-02-01-{before[-1]['hash'][:16]}.tsr"
    assert bytes.fromhex(before[-1]["hash"]) in query

    commit(source)
    after = publish(source, tmp_path / "after")
    assert after == before
    published = json.loads((tmp_path / "after" / "site" / "api" / "timestamps.json").read_bytes())
    assert published == {"schema": 2, "timestamps": [make_row(stored.read_bytes(), stored.name)]}
    assert first_column_codes(read_section("output", "### api/timestamps.json")) == {"file", "token"}

    done = run("verify", tmp_path / "after" / "site", "--roots", authority.roots)
    assert (done.code, done.err) == (0, ())
    said = DAY.sub("TIME", done.out.splitlines()[1])
    assert said == "stamped   entry 2 of 2026-02-01 existed on TIME (time stamp of Test authority)"
    done = run("verify", tmp_path / "after" / "site")
    assert (done.code, done.out.splitlines()[1]) == (
        0,
        "stamped   1 time stamp, not verified: pass --roots with certificates that you trust",
    )


def test_openssl_verifies_what_is_stored(source, authority, tmp_path):
    stamp(source, authority)
    (stored,) = list_stored(source)
    digest = publish(source, tmp_path / "out")[-1]["hash"]
    said = authority.run("ts", "-verify", "-digest", digest, "-in", stored, "-CAfile", authority.roots)
    assert "Verification: OK" in said


def test_a_second_run_asks_nobody(source, authority):
    stamp(source, authority)
    (stored,) = list_stored(source)
    content = stored.read_bytes()
    said = stamp(source, authority)
    assert said.startswith(
        f"stored already  content/timestamps/{stored.name}: entry 2 of 2026-02-01 existed on "
    )
    assert len(authority.requests) == 1
    assert list_stored(source) == [stored]
    assert stored.read_bytes() == content


def test_an_earlier_entry_is_stamped_by_its_commit(source, authority, tmp_path):
    stamp(source, authority, ref="HEAD~1")
    stamp(source, authority)
    commit(source)
    entries = publish(source, tmp_path / "out")
    assert [path.name for path in list_stored(source)] == [
        f"{e['day']}-{e['hash'][:16]}.tsr" for e in entries
    ]
    _, *lines = verify(tmp_path / "out", authority.roots).results
    assert [line[:34] for line in lines] == [
        "stamped   entry 1 of 2026-01-05 ex",
        "stamped   entry 2 of 2026-02-01 ex",
    ]


def test_a_stored_time_stamp_of_other_roots_is_left_alone(source, authority, other):
    stamp(source, authority)
    (stored,) = list_stored(source)
    content = stored.read_bytes()
    with pytest.raises(InputError, match=r"not signed under the given root certificates.*remove it"):
        stamp(source, authority, roots=other.roots)
    stored.write_bytes(authority.sign_digest("ab" * 32))
    with pytest.raises(InputError, match=r"a time stamp of something else than this entry.*remove it"):
        stamp(source, authority)
    assert stored.read_bytes() != content
    assert len(authority.requests) == 1


def test_an_answer_under_other_roots_is_refused(source, authority, other):
    with pytest.raises(
        InputError, match=r"not signed under the given root certificates.*nothing was written"
    ):
        stamp(source, authority, roots=other.roots)
    assert list_stored(source) == []


def test_a_certificate_that_was_not_valid_at_the_time_of_the_stamp_is_refused(source, other, tmp_path):
    digest = publish(source, tmp_path / "out")[-1]["hash"]
    publish(source, tmp_path / "out", make_row(other.sign_digest(digest)))
    assert verify(tmp_path / "out", other.roots).problems == []
    other.let_certificate_expire()
    publish(source, tmp_path / "out", make_row(other.sign_digest(digest)))
    (problem,) = verify(tmp_path / "out", other.roots).problems
    assert problem.endswith("or its certificates were not valid at its time")


TYPE = {"Content-Type": REPLY_TYPE}
REFUSAL = bytes.fromhex("3020301e02010230190c174e6f2074696d65207374616d707320746f646179200a2e")
ANSWERS = {
    "not found": ((404, {}, b""), InputError, "the server answers 404; check the address"),
    "redirected": (
        (302, {"Location": "/tsa2"}, b""),
        InputError,
        "the server answers 302; pass the one that it redirects to",
    ),
    "an error of the server": ((500, {}, b""), TryLaterError, "the server answers 500; try again later"),
    "too many requests": ((429, {}, b""), TryLaterError, "the server answers 429; try again later"),
    "a page": (
        (200, {"Content-Type": "text/html; charset=utf-8"}, b"<p>Hello"),
        InputError,
        "the answer is text/html, not a time stamp; check the address",
    ),
    "nothing": ((200, TYPE, b""), InputError, "the answer is not a time stamp that can be read"),
    "other bytes": ((200, TYPE, b"\x30\x82\x00\x01\x00"), InputError, "is not a time stamp that can be read"),
    "too much": ((200, TYPE, bytes(70_000)), InputError, "the answer is larger than 64 KiB"),
    "less than promised": (
        (200, {**TYPE, "Content-Length": "900"}, b"0"),
        InputError,
        "the answer is not a time stamp that can be read",
    ),
    "a refusal": (
        (200, TYPE, REFUSAL),
        InputError,
        "is a refusal of the authority (status 2: No time stamps today .); nothing was written",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_any_other_answer_is_one_line_and_nothing_is_written(name, source, authority):
    authority.replace, error, said = ANSWERS[name]
    with pytest.raises(error) as raised:
        stamp_newest_entry(source, "HEAD", f"{authority.address}?key=secret", authority.roots)
    (line,) = map(str, raised.value.lines)
    assert line.startswith(f"{authority.address}: ")
    assert said in line
    assert list_stored(source) == []


def test_the_answer_to_another_request_is_refused(source, authority, tmp_path):
    digest = publish(source, tmp_path / "out")[-1]["hash"]
    authority.replace = (200, TYPE, authority.sign_digest(digest))
    with pytest.raises(InputError, match="answers another request"):
        stamp(source, authority)
    assert list_stored(source) == []


def test_a_chain_of_certificates_in_a_wrong_order_is_refused_with_the_reason(source, authority, tmp_path):
    authority.sign_digest(publish(source, tmp_path / "out")[-1]["hash"])
    answer = authority.sign((authority.folder / "own.tsq").read_bytes(), "-chain", "root.pem")
    authority.replace = (200, TYPE, answer)
    with pytest.raises(InputError, match="choose an authority that sends its own certificate alone"):
        stamp(source, authority)


def test_an_authority_that_cannot_be_reached_may_be_asked_later(source, authority):
    with pytest.raises(TryLaterError, match=r"no answer .*; try again later"):
        stamp_newest_entry(source, "HEAD", "http://127.0.0.1:1/tsa", authority.roots)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tsa.example",
        "file:///etc/passwd",
        "ftp://a/",
        "http://",
        "http://h:x/",
        "http://u:secret@h/",
        "https://h/#a",
        "https://h/a b",
        "https://[::1/",
        "https://h/\n",
        "https://å.no/",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(address, source, authority):
    with pytest.raises(InputError, match="--tsa: not the address of an authority") as raised:
        stamp_newest_entry(source, "HEAD", address, authority.roots)
    assert len(raised.value.lines) == 1
    assert "secret" not in str(raised.value)


def test_roots_must_be_certificates(source, authority, tmp_path):
    (tmp_path / "text.pem").write_text("-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n")
    for path in (tmp_path / "text.pem", authority.folder / "tsa.key", tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError, match="pass the root certificates of the authority, in PEM"):
            stamp(source, authority, roots=path)
        with pytest.raises(InputError, match="pass the root certificates of the authority, in PEM"):
            verify_site(str(source), roots_file=path)
    assert authority.requests == []


def test_a_link_in_the_place_of_the_folder_is_refused(source, authority, tmp_path):
    (source / "content" / "timestamps").symlink_to(tmp_path)
    with pytest.raises(InputError, match="symbolic links are not allowed"):
        stamp(source, authority)
    assert authority.requests == []


def test_nothing_is_written_through_a_link_and_what_cannot_be_written_is_one_line(
    source, authority, tmp_path
):
    stamp(source, authority)
    (stored,) = list_stored(source)
    stored.unlink()
    new = stored.with_name(f".new-{stored.name}")
    (tmp_path / "mine").write_text("mine")
    new.symlink_to(tmp_path / "mine")
    stamp(source, authority)
    assert (tmp_path / "mine").read_text() == "mine"
    assert list_stored(source) == [stored]
    stored.unlink()
    new.mkdir()
    with pytest.raises(InputError, match=r"cannot be written \(.*\); check the permissions"):
        stamp(source, authority)
    new.rmdir()
    stored.parent.rmdir()
    stored.parent.write_text("a file")
    with pytest.raises(InputError, match=r"cannot be written \(.*\); check the permissions"):
        stamp(source, authority)


def test_a_time_stamp_makes_no_version_and_no_finding(source, authority, tmp_path):
    stamp(source, authority)
    assert "timestamps" in run_command(source, "git", "status", "--porcelain")
    commit(source)
    build(source, tmp_path / "out")
    rows = json.loads((tmp_path / "out" / "site" / "api" / "versions.json").read_bytes())["versions"]
    assert [row["version"] for row in rows] == ["1.0", "1.1"]
    done = run_build_py("check", "--source", source, "--today", "2026-05-02")
    assert "timestamps" not in done.stdout
    assert "answer" in load_finding(source, "2026-02-01-0123456789abcdef.tsr", b"text\n")
    whole = list_stored(source)[0].read_bytes()
    for data in (b"", whole[:-1], whole + b"\0", b"\0" + whole, b"\x30\x83\x02\x00\x00" + bytes(0x20000)):
        assert "answer" in load_finding(source, "2026-02-01-0123456789abcdef.tsr", data)
    assert "'a.tsr' is not a time stamp" in load_finding(source, "a.tsr", whole)
    assert "is not a time stamp" in load_finding(source, "a/2026-02-01-0123456789abcdef.tsr", whole)


def test_a_withdrawal_keeps_the_time_stamps(authority, tmp_path):
    script = (
        HISTORY
        + """
words nb/01-kontakt "Skriv alltid."
words en/01-kontakt "Always write."
note alltid major 2026-12-01
commit 2026-03-01
"""
    )
    source = create_history(tmp_path / "source", script)
    stamp(source, authority)
    commit(source)
    before = list_stored(source)
    done = run_build_py("undo", "--source", source, "--today", "2026-05-02", "alltid")
    assert done.returncode == 0, done.stderr
    assert "01-kontakt" in run_command(source, "git", "status", "--porcelain")
    assert len(before) == 1
    assert list_stored(source) == before


def load_finding(source, name, data) -> str:
    """Return the only finding about a content/ with one more time stamp."""
    files = {**read_content_files(source), f"content/timestamps/{name}": data}
    with pytest.raises(ContentError) as raised:
        load_policy(files)
    (finding,) = raised.value.findings
    return str(finding.message)


def test_time_stamps_do_not_count_as_text(source, authority):
    stamp(source, authority)
    data = list_stored(source)[0].read_bytes()
    more = {f"content/timestamps/2026-01-01-{number:016x}.tsr": data for number in range(700)}
    assert len(data) * 700 > 512 * 1024
    assert len(load_policy({**read_content_files(source), **more}).time_stamps) == 701


def test_an_altered_time_stamp_is_found(source, authority, tmp_path):
    digest = publish(source, tmp_path / "out")[-1]["hash"]
    token = authority.sign_digest(digest)
    place = token.index(bytes.fromhex(digest))
    altered = token[:place] + bytes(32) + token[place + 32 :]
    publish(source, tmp_path / "out", make_row(altered))
    (problem,) = verify(tmp_path / "out", authority.roots).problems
    assert problem.startswith("time stamp 2026-02-01-0123456789abcdef.tsr is not signed under the given root")
    done = run_build_py("verify", tmp_path / "out" / "site", "--roots", authority.roots)
    assert (done.returncode, done.stdout) == (1, f"{problem}\n")


def test_a_time_stamp_under_other_roots_is_found(source, authority, other, tmp_path):
    digest = publish(source, tmp_path / "out")[-1]["hash"]
    publish(source, tmp_path / "out", make_row(authority.sign_digest(digest)))
    assert verify(tmp_path / "out", authority.roots).problems == []
    (problem,) = verify(tmp_path / "out", other.roots).problems
    assert "is not signed under the given root certificates" in problem
    both = tmp_path / "both.pem"
    both.write_bytes(authority.roots.read_bytes() + other.roots.read_bytes() * 2)
    assert verify(tmp_path / "out", both).problems == []


def test_a_time_stamp_of_an_entry_that_is_gone_is_found(source, authority, tmp_path):
    publish(source, tmp_path / "out", make_row(authority.sign_digest("ab" * 32)))
    (problem,) = verify(tmp_path / "out", authority.roots).problems
    assert f"the log has no entry {'ab' * 32}, which existed on 20" in problem
    assert problem.endswith("it was rewritten since, or the time stamp is of another log")


@pytest.mark.parametrize(
    "row",
    [{}, {"file": 1, "token": 2}, {"file": "\x1b[31m", "token": "å"}, {"token": "QQ"}, {"token": "QQ=="}],
)
def test_a_row_that_is_no_time_stamp_is_found(row, source, authority, tmp_path):
    publish(source, tmp_path / "out", row)
    assert verify(tmp_path / "out", authority.roots).problems == [
        "time stamp number 1 is not a time stamp that can be read"
    ]


def test_a_site_without_time_stamps_says_so_if_it_is_asked(source, authority, tmp_path):
    publish(source, tmp_path / "out")
    assert len(verify(tmp_path / "out").results) == 1
    found = verify(tmp_path / "out", authority.roots)
    assert (found.problems, found.results[1]) == ([], "stamped   no entry: the site has no time stamps")
    (tmp_path / "out" / "site" / "api" / "timestamps.json").write_text("{}")
    (problem,) = verify(tmp_path / "out").problems
    assert problem.startswith("api/timestamps.json has not the schema")
    (tmp_path / "out" / "site" / "api" / "timestamps.json").unlink()
    assert verify(tmp_path / "out").problems == ["api/timestamps.json is missing"]


def test_without_the_extra_one_line_says_what_to_install(source, authority, tmp_path):
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "sitecustomize.py").write_text("import sys\nsys.modules['rfc3161_client'] = None\n")
    run = BuildCommand()
    options = ("--source", source, "--tsa", authority.address, "--roots", authority.roots)
    done = run("witness", *options, PYTHONPATH=str(tmp_path / "path"))
    line = f"the package rfc3161_client is missing; run: make -C {REPOSITORY} setup"
    assert (done.code, done.err, done.out) == (2, (line,), "")
    publish(source, tmp_path / "out")
    site = tmp_path / "out" / "site"
    assert run("verify", site, PYTHONPATH=str(tmp_path / "path")).code == 0
    done = run("verify", site, "--roots", authority.roots, PYTHONPATH=str(tmp_path / "path"))
    assert (done.code, done.err) == (2, (line,))

"""The job and the members' site: its database says who is told, its export who was shown what."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wordpress")
HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def letter(tmp_path_factory):
    out = tmp_path_factory.mktemp("published") / "out"
    subprocess.run(
        [sys.executable, HOUSE / "build.py", "build", "--out", out, "--today", "2026-12-01"],
        check=True,
        capture_output=True,
    )
    return next((out / "letters").iterdir())


def _notify(*words):
    command = [sys.executable, HOUSE / "build.py", "notify", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_plan_counts_the_members_of_wordpress_by_their_language(instance, members, letter):
    running, _ = instance
    assert members
    where = ("--recipients", running.database_url, "--table-prefix", running.prefix)
    found = _notify("plan", "--letter", letter, *where)
    assert (found.returncode, found.stderr) == (0, "")
    counted = dict(line.split(maxsplit=1) for line in found.stdout.splitlines())
    # Kari reads Norwegian, Emma English; the administrator has chosen none and gets the first language.
    assert (counted["addressees"], counted["nb"], counted["en"]) == ("3", "2", "1")
    assert found.stdout.splitlines()[-1] == "--confirm 3"


def _posted(what, channel):
    return lambda answer: answer.url.endswith(what) and channel in answer.request.post_data


def _shown(site, login):
    """Log a member in and wait until both channels have told what they showed."""
    page = site.visitor()
    with page.expect_response(_posted("shown", "login")), page.expect_response(_posted("shown", "alert")):
        return site.member(login, page)


def _acknowledges(page, words):
    with page.expect_response(_posted("acknowledged", "login")):
        page.get_by_role("dialog").get_by_role("button", name=words).click()


@pytest.mark.parametrize("form", ["JSON", "CSV"])
def test_the_proof_counts_what_the_members_saw_and_names_none_of_them(site, letter, tmp_path, form):
    site.announces(letter.name, channels=("login", "alert"))
    _acknowledges(_shown(site, "kari"), "Jeg har sett dette")
    _shown(site, "emma").keyboard.press("Escape")
    page = _shown(site, "admin")
    _acknowledges(page, "I have seen this")
    page.goto(f"{site.wordpress.url}/wp-admin/options-general.php?page=klartekst-policy-notice")
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Export as {form}").click()
    export = download.value.path()

    ledger = ("--ledger", f"sqlite:///{tmp_path / 'notify.db'}", "--letter", letter)
    where = ("--recipients", site.wordpress.database_url, "--table-prefix", site.wordpress.prefix)
    assert _notify("plan", *ledger, *where).returncode == 0
    done = _notify("proof", *ledger, "--out", tmp_path / "proof", "--shown", export)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads((tmp_path / "proof" / "proof.json").read_text())
    website = found["website"]
    assert website["files_sha256"] == [hashlib.sha256(export.read_bytes()).hexdigest()]
    counted = {
        f"{channel} {event}": told["members"]
        for channel, events in website["channels"].items()
        for event, told in events.items()
    }
    assert counted == {"login shown": 3, "login acknowledged": 2, "alert shown": 3, "alert acknowledged": 0}
    proof = (tmp_path / "proof" / "proof.json").read_text()
    assert [word for word in ("kari", "emma", "admin@", "example.no") if word in proof] == []

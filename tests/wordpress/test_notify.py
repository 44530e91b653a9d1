"""The notification job with WordPress: addressees from its database, counts from the plugin's export."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.helpers.cli import run_build_py

pytestmark = pytest.mark.xdist_group("wordpress")

MEMBER_KEYS = Path(__file__).parents[1] / "helpers" / "member_keys.json"


@pytest.fixture(scope="module")
def letter(tmp_path_factory):
    out = tmp_path_factory.mktemp("published") / "out"
    done = run_build_py("build", "--out", out, "--today", "2026-12-01")
    assert done.returncode == 0, done.stderr
    return next((out / "letters").iterdir())


def test_plan_counts_wordpress_members_by_language(instance, members, letter, monkeypatch):
    running, _ = instance
    assert members
    monkeypatch.setenv("KLARTEKST_RECIPIENTS", running.database_url)
    where = ("--table-prefix", running.prefix)
    found = run_build_py("notify", "plan", "--letter", letter, *where)
    assert (found.returncode, found.stderr) == (0, "")
    counted = dict(line.split(maxsplit=1) for line in found.stdout.splitlines())
    # Kari reads Norwegian, Emma English; the administrator has chosen none and gets the first language.
    assert (counted["addressees"], counted["nb"], counted["en"]) == ("3", "2", "1")
    assert found.stdout.splitlines()[-1] == "--confirm 3"


def test_ledger_and_plugin_have_the_same_key_of_a_member(instance):
    running, _ = instance
    printed = running.run_php(
        f"""$shared = json_decode( file_get_contents( '{MEMBER_KEYS}' ), true );
        define( 'KLARTEKST_KEY', $shared['key'] );
        require_once WP_PLUGIN_DIR . '/klartekst-policy-notice/includes/export.php';
        foreach ( $shared['member_keys'] as $row ) {{
            echo Klartekst\\PolicyNotice\\hash_addressee( $row['version'], $row['address'] ), "\\n";
        }}"""
    )
    # tests/notifier/test_coverage.py expects the same of the ledger.
    expected = [row["member_key"] for row in json.loads(MEMBER_KEYS.read_text("utf-8"))["member_keys"]]
    assert printed.split() == expected


def _is_report(event, channel):
    return lambda answer: answer.url.endswith(event) and channel in answer.request.post_data


def _log_in_and_wait_for_notices(site, login):
    """Log a member in and wait until both channels have reported what they showed."""
    page = site.open_browser()
    with (
        page.expect_response(_is_report("shown", "login")),
        page.expect_response(_is_report("shown", "alert")),
    ):
        return site.log_in(login, page)


def _acknowledge(page, button):
    with page.expect_response(_is_report("acknowledged", "login")):
        page.get_by_role("dialog").get_by_role("button", name=button).click()


@pytest.mark.long
@pytest.mark.parametrize("form", ["JSON", "CSV"])
def test_the_proof_counts_what_members_saw_without_naming_them(site, letter, tmp_path, form, monkeypatch):
    site.announce(letter.name, channels=("login", "alert"))
    _acknowledge(_log_in_and_wait_for_notices(site, "kari"), "Jeg har sett dette")
    _log_in_and_wait_for_notices(site, "emma").keyboard.press("Escape")
    page = _log_in_and_wait_for_notices(site, "admin")
    _acknowledge(page, "I have seen this")
    page.goto(f"{site.wordpress.url}/wp-admin/options-general.php?page=klartekst-policy-notice")
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Export as {form}").click()
    export = download.value.path()

    ledger = ("--ledger", f"sqlite:///{tmp_path / 'notify.db'}", "--letter", letter)
    monkeypatch.setenv("KLARTEKST_RECIPIENTS", site.wordpress.database_url)
    where = ("--table-prefix", site.wordpress.prefix)
    assert run_build_py("notify", "plan", *ledger, *where).returncode == 0
    done = run_build_py("notify", "proof", *ledger, "--out", tmp_path / "proof", "--shown", export)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads((tmp_path / "proof" / "proof.json").read_text())
    website = found["website"]
    assert website["files_sha256"] == [hashlib.sha256(export.read_bytes()).hexdigest()]
    counted = {
        f"{channel} {event}": counts["members"]
        for channel, events in website["channels"].items()
        for event, counts in events.items()
    }
    assert counted == {"login shown": 3, "login acknowledged": 2, "alert shown": 3, "alert acknowledged": 0}
    proof = (tmp_path / "proof" / "proof.json").read_text()
    assert [word for word in ("kari", "emma", "admin@", "example.no") if word in proof] == []

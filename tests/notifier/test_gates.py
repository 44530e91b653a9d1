"""A campaign begins in time, with its version published, or with a reason that the proof states."""

import json
from datetime import date

import pytest

from common import oslo
from tests.helpers.static_server import serve_static
from tests.notifier.factories import ENTRY, create_campaign, write_letter
from tests.notifier.smtp_server import SmtpServer

EFFECTIVE = "2027-01-31"
IN_TIME, TOO_LATE = "2027-01-01", "2027-01-02"  # with 30 days of notice


@pytest.fixture
def set_today(monkeypatch):
    return lambda day: monkeypatch.setattr(oslo, "get_today_in_oslo", lambda: date.fromisoformat(day))


@pytest.fixture
def dated(tmp_path):
    campaign = create_campaign(tmp_path)
    write_letter(campaign.letter, effective=EFFECTIVE, lead_days=30)
    return campaign


def read_decisions(campaign) -> list[dict]:
    out = campaign.folder / "proof"
    assert campaign.run("proof", "--letter", campaign.letter, "--out", out).code == 0
    return [{**one, "at": None} for one in json.loads((out / "proof.json").read_text())["decisions"]]


def test_a_letter_with_exactly_the_promised_days_is_in_time(dated, server, set_today):
    set_today(IN_TIME)
    assert dated.send(server.url, 3).code == 0
    assert read_decisions(dated) == []


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (TOO_LATE, "takes effect in 29 days, 1 day short of the 30 of lead_days"),
        ("2027-01-30", "takes effect in 1 day, 29 days short of the 30 of lead_days"),
        (EFFECTIVE, "takes effect today, 30 days short of the 30 of lead_days"),
        ("2027-02-02", "took effect 2 days ago, 30 days short of the 30 of lead_days"),
    ],
)
def test_a_late_letter_is_not_sent_and_its_list_not_frozen(dated, server, set_today, today, words):
    set_today(today)
    ended = dated.send(server.url, 3)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(
        f"too late: 2.0 {words}; announce a later day, or give the reason with --late"
    )
    assert not server.accepted
    assert dated.execute("SELECT count(*) FROM klartekst_campaign") == [(0,)]


@pytest.mark.parametrize(
    ("today", "lead_days", "code"),
    [
        (EFFECTIVE, 0, 0),
        ("2027-02-01", 0, 2),
        (EFFECTIVE, None, 2),  # a letter of an older release
        ("2027-01-30", None, 0),
    ],
)
def test_a_letter_without_promised_days_may_leave_until_it_takes_effect(
    dated, server, set_today, today, lead_days, code
):
    write_letter(dated.letter, effective=EFFECTIVE, **({} if lead_days is None else {"lead_days": lead_days}))
    set_today(today)
    assert dated.send(server.url, 3).code == code


def test_the_proof_states_why_a_campaign_was_late_and_who_approved_it_once(dated, server, set_today):
    set_today(TOO_LATE)
    words = ["--late", "  The relay was down ", "--approved-by", "Kari Nordmann"]
    assert dated.send(server.url, 3, *words, "--limit", 1).code == 0
    assert dated.send(server.url, 3, *words).code == 0
    assert read_decisions(dated) == [
        {"at": None, "decision": "late", "reason": "The relay was down", "days": 29, "lead_days": 30},
        {"at": None, "decision": "approved", "by": "Kari Nordmann"},
    ]


def test_a_reason_in_time_is_not_recorded(dated, server, set_today):
    set_today(IN_TIME)
    assert dated.send(server.url, 3, "--late", "just in case").code == 0
    assert read_decisions(dated) == []


def test_a_campaign_that_has_begun_goes_on_past_midnight(dated, server, set_today):
    set_today(IN_TIME)
    assert dated.send(server.url, 3, "--limit", 1).code == 0
    set_today("2027-03-01")
    assert dated.send(server.url, 3).code == 0
    assert dated.counts == {"sent": 3}


def test_a_campaign_of_which_nothing_was_sent_has_not_begun(dated, set_today):
    set_today(IN_TIME)
    with SmtpServer(lambda phase, _: "450 4.2.1 later" if phase == "RCPT" else None) as server:
        assert dated.send(server.url, 3).code == 75
    set_today(TOO_LATE)
    assert "too late" in dated.send(server.url, 3).err


@pytest.mark.parametrize("option", ["--late", "--approved-by"])
@pytest.mark.parametrize("words", ["", "  ", "\t", "...", "\u200b", "x" * 501, "a\nb"])
def test_a_reason_or_a_name_says_something_in_one_line(dated, server, option, words):
    ended = dated.send(server.url, 3, option, words)
    assert (ended.code, ended.err.startswith(f"{option}: ")) == (2, True)
    assert not server.accepted


def test_nothing_is_sent_before_the_live_log_has_the_entry(dated, server, set_today):
    set_today(IN_TIME)
    with serve_static() as web:
        web.serve_text("/api/log.json", json.dumps({"schema": 2, "entries": [{"hash": "0" * 64}]}))
        ended = dated.send(server.url, 3, "--live", web.origin)
        assert (ended.code, "does not have the entry of 2.0 yet" in ended.err) == (75, True)
        assert not server.accepted
        assert dated.execute("SELECT count(*) FROM klartekst_campaign") == [(0,)]
        web.serve_text("/api/log.json", json.dumps({"schema": 2, "entries": [{"hash": ENTRY}]}))
        assert dated.send(server.url, 3, "--live", f"{web.origin}/", "--limit", 1).code == 0
    # The site may be out of reach once the campaign has begun.
    assert dated.send(server.url, 3, "--live", web.origin).code == 0


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [(200, "<html>", 2), (200, "[]", 2), (200, '{"entries": [1]}', 2), (404, "", 2), (503, "", 75)],
)
def test_a_site_without_a_log_lets_no_campaign_begin(dated, server, set_today, status, text, code):
    set_today(IN_TIME)
    with serve_static() as web:
        web.serve_text("/api/log.json", text, {}, status)
        assert dated.send(server.url, 3, "--live", web.origin).code == code
    assert not server.accepted


@pytest.mark.parametrize(
    "site", ["", "personvern.example.no", "file:///etc", "https://a:b@c.example", "http://[::1"]
)
def test_the_live_site_is_a_public_web_address(dated, server, set_today, site):
    set_today(IN_TIME)
    ended = dated.send(server.url, 3, "--live", site)
    assert (ended.code, "a:b" in ended.err) == (2, False)


def test_plan_says_how_much_time_is_left(dated, set_today):
    set_today(IN_TIME)
    assert "time           takes effect in 30 days\n" in dated.plan().out
    set_today(TOO_LATE)
    assert ", 1 day short of the 30 of lead_days: send needs --late REASON\n" in dated.plan().out


def test_plan_says_when_to_begin(dated, set_today):
    set_today(IN_TIME)
    # Three letters in six hours; the last one leaves on the last day that is in time.
    out = dated.plan("--rate", 3 / (6 * 3600)).out
    assert "begin          by 2027-01-01 18:00 in Oslo, at 0.000138889 a second\n" in out
    write_letter(dated.letter, effective="2020-01-31", lead_days=30)
    assert "a second: not everybody can be told in time\n" in dated.plan("--rate", 1).out


def test_a_letter_without_a_day_of_effect_is_not_sent(dated, server):
    write_letter(dated.letter, effective="soon")
    ended = dated.send(server.url, 3)
    assert (ended.code, ended.err) == (2, "the letter of 2.0 has no day of effect; run build again\n")

import re
import stat
import time

import pytest

from notifier.smtp import SmtpConnection
from tests.notifier.cli import run_command
from tests.notifier.factories import CampaignFiles, create_campaign, write_addressees, write_letter
from tests.notifier.smtp_server import SmtpServer


def test_the_last_line_of_plan_is_the_option_that_send_needs(campaign, server):
    planned = campaign.plan()
    assert planned.code == 0
    assert planned.last_line == "--confirm 3"
    sent = campaign.send(server.url, int(planned.last_line.split()[1]))
    assert (sent.code, sent.err) == (0, "")
    assert sent.last_line
    assert server.recipients == {f"member{n}@example.no": 1 for n in range(3)}


def test_a_second_run_sends_nothing(campaign, server):
    campaign.send(server.url, 3)
    again = campaign.send(server.url, 3)
    assert again.code == 0
    assert len(server.messages) == 3


@pytest.mark.parametrize("confirm", [[], ["--confirm", "2"], ["--confirm", "4"]])
def test_without_the_right_number_nothing_is_sent(campaign, server, confirm):
    where = ["--letter", campaign.letter, "--recipients", campaign.addressees, "--ledger", campaign.ledger]
    ended = run_command("send", *where, "--smtp", server.url, *confirm)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert server.connections == 0
    assert not campaign.database.exists() or campaign.execute("select count(*) from klartekst_delivery") == [
        (0,)
    ]


def test_each_language_gets_its_letter(tmp_path, server):
    people = "email,language,name\na@x.no,nb,Åse Å\nb@x.no,en_GB,\nc@x.no,,\nd@x.no,fr,\n"
    campaign = create_campaign(tmp_path, people)
    assert campaign.send(server.url, 4).code == 0
    is_english = {recipient: b"Subject: Changes" in message for recipient, message in server.accepted}
    assert is_english == {"a@x.no": False, "b@x.no": True, "c@x.no": False, "d@x.no": False}
    [named] = [message for recipient, message in server.accepted if recipient == "a@x.no"]
    assert named.startswith(b"To: =?utf-8?b?w4VzZSDDhQ==?=\r\n <a@x.no>\r\n")


@pytest.mark.parametrize(
    ("letters", "locale", "language"),
    [
        (("nb", "en"), "nb_NO", "nb"),
        (("nb", "en"), "nn_NO", "nb"),
        (("nb", "en"), "no", "nb"),
        (("nb", "en"), "EN", "en"),
        (("nb", "en"), "en-US", "en"),
        (("nb", "en"), "de_DE", "nb"),
        (("nb", "en"), "", "nb"),
        (("en", "nb"), "nn_NO", "nb"),
        (("en", "nb"), "de_DE", "en"),
        (("nb", "nn", "en"), "nn_NO", "nn"),
        (("nb", "nn", "en"), "nb_NO", "nb"),
        (("nb", "nn", "en"), "no", "nb"),
        (("nn", "en"), "nb_NO", "nn"),
        (("nb", "nn", "en"), "de_DE", "nb"),
    ],
)
def test_a_locale_gets_its_language_or_the_first(tmp_path, letters, locale, language):
    letter = write_letter(tmp_path / "2.0", languages=letters)
    people = tmp_path / "people.csv"
    people.write_text(f"email,language\na@x.no,{locale}\n")
    planned = run_command("plan", "--letter", letter, "--recipients", people)
    counts = dict(line.split(maxsplit=1) for line in planned.out.splitlines())
    assert {code for code in letters if counts.get(code) == "1"} == {language}


def test_dots_arrive_as_they_were_printed(campaign, server):
    campaign.send(server.url, 3)
    printed = (campaign.letter / "nb.eml").read_bytes()
    assert all(message.endswith(printed) for message in server.messages)
    assert b"\r\n.\r\n" in printed


def test_plan_with_a_ledger_freezes_the_addressees(campaign, server):
    assert campaign.plan("--ledger", campaign.ledger).last_line == "--confirm 3"
    write_addressees(campaign.addressees, 5)
    assert campaign.plan("--ledger", campaign.ledger).last_line == "--confirm 3"
    assert campaign.send(server.url, 3).code == 0
    assert len(server.messages) == 3


def test_rejected_rows_are_named_by_line_and_the_rest_go_on(tmp_path, server):
    rows = [
        b"\xef\xbb\xbfemail,language",
        b"a@x.no,nb",
        b"a,b@x.no,nb",
        b'"c',
        b'd@x.no",nb',
        b"bad\0@x.no,nb",
        b"e@x.no,n\tb",
        b"f@x.no,nb",
        b"\xff@x.no,nb",
        b"",
        b'"g@x.no,nb',
        b"h@x.no,nb",
    ]
    people = b"\r\n".join(rows)
    campaign = create_campaign(tmp_path, people)
    planned = campaign.plan()
    assert planned.code == 1
    assert planned.last_line == "--confirm 2"
    assert re.findall(r"lines? ([0-9to ]+)", planned.err) == ["3", "4 to 5", "6", "7", "9", "11 to 12"]
    assert "@" not in planned.out + planned.err
    assert campaign.send(server.url, 2).code == 1
    assert set(server.recipients) == {"a@x.no", "f@x.no"}


def test_one_mailbox_in_many_spellings_gets_one_letter(tmp_path, server):
    people = "email,language\nanna@blåbær.no,nb\nANNA@xn--blbr-roah.no,en\nanna@BLÅBÆR.no,nb\n"
    campaign = create_campaign(tmp_path, people)
    assert campaign.plan().last_line == "--confirm 1"
    assert campaign.send(server.url, 1).code == 0
    assert server.recipients == {"anna@xn--blbr-roah.no": 1}


def test_a_local_part_beyond_ascii_needs_smtputf8(tmp_path):
    campaign = create_campaign(tmp_path, "email,language\nåse@x.no,nb\nb@x.no,nb\n")
    with SmtpServer(extensions=("PIPELINING",)) as server:
        assert campaign.send(server.url, 2).code == 0
        assert server.recipients == {"b@x.no": 1}
    assert campaign.counts == {"sent": 1, "undeliverable": 1}


def test_smtputf8_is_asked_for_where_it_is_needed(tmp_path, server):
    campaign = create_campaign(tmp_path, "email,language\nåse@x.no,nb\nøyvind@x.no,nb\n")
    assert campaign.send(server.url, 2, "--connections", 1).code == 0
    assert set(server.recipients) == {"åse@x.no", "øyvind@x.no"}
    assert "MAIL FROM:<varsel@dinbedrift.example> BODY=8BITMIME SMTPUTF8" in server.commands
    assert server.messages[0].startswith("To: <åse@x.no>".encode())


def test_connections_do_not_mix_up_their_messages(tmp_path, server):
    campaign = create_campaign(tmp_path, 60)
    assert campaign.send(server.url, 60).code == 0
    assert all(message.startswith(f"To: <{to}>\r\n".encode()) for to, message in server.accepted)


def test_the_next_envelope_follows_the_dot(tmp_path, server, monkeypatch):
    campaign = create_campaign(tmp_path, 5)
    next_addressees, dot = [], SmtpConnection.send_dot

    def watched(self, next_envelope):
        next_addressees.append(next_envelope and next_envelope.recipient)
        return dot(self, next_envelope)

    monkeypatch.setattr(SmtpConnection, "send_dot", watched)
    assert campaign.send(server.url, 5, "--connections", 1).code == 0
    assert next_addressees == [*(f"member{n}@example.no" for n in range(1, 5)), None]


def test_a_limit_leaves_the_rest_for_another_run(tmp_path, server):
    campaign = create_campaign(tmp_path, 10)
    some = campaign.send(server.url, 10, "--limit", 4)
    assert some.code == 0
    assert some.last_line.endswith(" 6 left")
    assert len(server.messages) == 4
    assert campaign.send(server.url, 10).code == 0
    assert set(server.recipients.values()) == {1}
    assert len(server.messages) == 10


def test_only_one_addressee(tmp_path, server):
    campaign = create_campaign(tmp_path, 4)
    assert campaign.send(server.url, 4, "--only", "MEMBER2@example.no").code == 0
    assert server.recipients == {"member2@example.no": 1}
    assert campaign.send(server.url, 4, "--only", "stranger@example.no").code == 2
    assert campaign.send(server.url, 4, "--only", "nobody").code == 2
    assert len(server.messages) == 1


def test_a_rate_is_respected(tmp_path, server):
    campaign = create_campaign(tmp_path, 11)
    began = time.monotonic()
    assert campaign.send(server.url, 11, "--rate", 10).code == 0
    assert time.monotonic() - began >= 1.0


def test_a_repeat_is_the_same_message(tmp_path):
    campaign = create_campaign(tmp_path, 1)
    with SmtpServer(lambda phase, _: "450 4.3.0 later" if phase == "DOT" else None) as server:
        assert campaign.send(server.url, 1).code == 75
    first = campaign.execute("select key, dated from klartekst_delivery")
    campaign.execute("update klartekst_delivery set due = 0")
    time.sleep(1.1)
    with SmtpServer() as server:
        assert campaign.send(server.url, 1).code == 0
    assert campaign.execute("select key, dated from klartekst_delivery") == first


def test_every_file_is_readable_by_its_owner_only(campaign, server):
    campaign.send(server.url, 3)
    files = list(campaign.folder.glob("notify.db*"))
    assert len(files) >= 3
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_addresses_are_blanked_once_their_state_is_final(campaign, server):
    campaign.send(server.url, 3)
    for file in campaign.folder.glob("notify.db*"):
        assert b"example.no" not in file.read_bytes()


def test_another_key_is_refused(campaign, server):
    campaign.send(server.url, 3)
    stranger = CampaignFiles(
        campaign.folder, campaign.letter, campaign.addressees, campaign.ledger, "another"
    )
    for ended in (stranger.send(server.url, 3), stranger.run("status")):
        assert ended.code == 2
        assert "key" in ended.err
    (campaign.folder / "notify.db.key").unlink()
    assert campaign.send(server.url, 3).code == 2
    assert len(server.messages) == 3


def test_secrets_come_from_the_environment_and_are_never_printed(campaign):
    with SmtpServer(login=("job", "hemmelig%")) as server:
        environment = {
            "KLARTEKST_SMTP": f"smtp://job:galt@127.0.0.1:{server.port}",
            "KLARTEKST_LEDGER": campaign.ledger,
            "KLARTEKST_RECIPIENTS": str(campaign.addressees),
            "KLARTEKST_KEY": "a key that nobody guesses",
        }
        refused = run_command("send", "--letter", campaign.letter, "--confirm", 3, **environment)
        assert refused.code == 2
        assert "535" in refused.err
        environment["KLARTEKST_SMTP"] = f"smtp://job:hemmelig%25@127.0.0.1:{server.port}"
        sent = run_command("send", "--letter", campaign.letter, "--confirm", 3, **environment)
        assert sent.code == 0
    assert not any(word in refused.err + refused.out + sent.out for word in ("hemmelig", "galt", "guesses"))
    assert not (campaign.folder / "notify.db.key").exists()

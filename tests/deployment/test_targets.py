"""What is a target, what is in one, and what ssh and rsync say when they fail."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, TryLaterError
from deployment.failures import create_failure, create_rsync_failure
from deployment.target_address import TargetAddress, parse_target_address
from deployment.target_state import DeployedGeneration, GenerationFacts, TargetState, parse_target_state
from tests.helpers.factories import property_settings

HERE = TargetAddress("/srv/policy")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/srv/policy/", TargetAddress("/srv/policy")),
        ("ssh://host/srv/policy", TargetAddress("/srv/policy", "host")),
        ("ssh://me@host.example:2222/srv/a%20b/", TargetAddress("/srv/a b", "host.example", "me", 2222)),
        ("ssh://[::1]/srv/x", TargetAddress("/srv/x", "::1")),
    ],
)
def test_targets(text, expected):
    assert parse_target_address(text) == expected


def test_names_for_ssh_and_rsync():
    target = parse_target_address("ssh://me@[::1]:2222/srv/x")
    assert str(target) == "ssh://me@[::1]:2222/srv/x"
    assert target.shell_command[-6:] == ("2222", "-l", "me", "--", "::1", "sh")
    assert target.rsync_address("store/") == "me@[::1]:/srv/x/store/"
    assert HERE.shell_command == ("sh",)
    assert HERE.rsync_address("store/") == "/srv/policy/store/"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "/", "/..", "ssh://host", "ssh://host/", "ssh://host/..", "ssh:///srv", "ssh://-oProxyCommand=x/srv",
        "ssh://me:secret@host/srv", "ssh://-me@host/srv", "ssh://host/srv?x", "ssh://host/srv#x", "ssh://host:0/srv",
        "ssh://host:x/srv", "ssh://host/srv\n/x", "ssh://host/srv%0A", "ssh://ho st/srv", "ssh://høst/srv",
        "ssh://[x]/srv", "sftp://host/srv", "https://host/srv", "me@host:srv", "host:/srv", "ssh://$(x)/srv",
    ],
)  # fmt: skip
def test_no_other_target(text):
    with pytest.raises(InputError) as error:
        parse_target_address(text)
    assert "secret" not in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@given(st.text(st.sampled_from("abø.:/\\$%{}()'\"; \n#?@[]~-_09"), max_size=25))
@property_settings
def test_no_part_of_an_address_is_an_option_or_needs_quoting(rest):
    try:
        target = parse_target_address(f"ssh://{rest}")
    except InputError:
        return
    for word in (target.host, target.user):
        assert not set(word) & set("\\$%{}()'\"; \n#?@[]~/ø")
        assert not word.startswith("-")
    assert target.folder.startswith("/")
    assert "\n" not in target.folder


@pytest.mark.parametrize(
    ("said", "expected", "words"),
    [
        ("mkdir: cannot create directory 'x': Permission denied", InputError, "the user may not write there"),
        ("me@host: Permission denied (publickey).", InputError, "it accepts no key of yours"),
        ("a banner\nHost key verification failed.\n", InputError, "its host key is not in known_hosts"),
        ("ssh: Could not resolve hostname x: Name or service not known", InputError, "no such host"),
        ("ssh: Could not resolve x: Temporary failure in name resolution", TryLaterError, "now"),
        ("Timeout, server host not responding.", TryLaterError, "does not answer any more"),
        ("cat: x: No space left on device", TryLaterError, "the disk is full"),
        ("something new", InputError, "carry failed: something new"),
        ("", InputError, "carry failed"),
    ],
)  # fmt: skip
def test_failures_are_one_line_with_what_to_do(said, expected, words):
    error = create_failure(HERE, said, what="carry failed")
    assert type(error) is expected
    assert str(error).startswith("/srv/policy: ")
    assert words in str(error)
    assert len(error.lines) == 1


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        (23, "rsync: mkstemp failed: Permission denied (13)\nrsync error: some files (code 23)", InputError),
        (11, "rsync: write failed: No space left on device (28)\nrsync error: x", TryLaterError),
        (12, "rsync: connection unexpectedly closed\nrsync error: error in protocol", TryLaterError),
        (-9, "", TryLaterError),
        (2, "rsync: protocol incompatibility", InputError),
    ],
)
def test_failures_of_rsync(code, said, expected):
    error = create_rsync_failure(HERE, said, code)
    assert type(error) is expected
    assert len(str(error).splitlines()) == 1


FACTS = GenerationFacts(1, "content", "https://example.no/", "head", "none", ["assets/a.css"], ["a" * 32])
TEXT = FACTS.format_json()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "null",
        "[" * 5000,
        '{"number": -1}',
        '{"number": true}',
        '{"number": "1"}',
        '{"x": 1}',
        TEXT.replace("assets/", "../"),
        TEXT.replace("a" * 32, "/"),
        TEXT.replace('["a', '[["a').replace('"]', '"]]'),
        TEXT.replace('"head"', "1"),
    ],
)
def test_a_damaged_record_of_a_generation_says_nothing(content):
    state = parse_target_state(HERE, f"generation {'b' * 32} yes {content}\n")
    assert [one.facts for one in state.generations] == [GenerationFacts()]
    assert state.next_number == 1


def test_a_target_is_read():
    name = "b" * 32
    lines = [
        "entry current", "entry site", "entry store", "entry .new-x", "link site current/site",
        f"link current generations/{name}", f"stored {'a' * 32}", "stored other",
        f"generation {name} yes {FACTS.format_json().strip()}", "generation not-ours no ",
    ]  # fmt: skip
    state = parse_target_state(HERE, "\n".join(lines))
    assert state.current == DeployedGeneration(name, FACTS, has_passed=True)
    assert state.generations == [state.current]
    assert state.stored == {"a" * 32}
    assert json.loads(FACTS.format_json())["number"] == 1
    with pytest.raises(InputError, match="'site' is of no deployment"):
        parse_target_state(HERE, "entry site\nlink site /elsewhere")


def _create_generation(number, *, redactions="none", has_passed=True):
    facts = replace(FACTS, number=number, redactions=redactions, folders=[str(number) * 32])
    return DeployedGeneration(f"{number:032}", facts, has_passed)


def test_what_goes_is_older_untested_or_shows_words_that_are_removed():
    generations = [_create_generation(number, has_passed=number != 3) for number in range(1, 6)]
    state = TargetState(generations, generations[-1], frozenset(str(number) * 32 for number in range(9)))
    gone, folders = state.list_unused(generations[-1], 3)
    assert [one.facts.number for one in gone] == [1, 3]
    assert {name[0] for name in folders} == set("013678")
    assert state.list_unused(generations[-1], 1)[0] == generations[:-1]
    newest = _create_generation(6, redactions="some")
    gone, _ = TargetState([*generations, newest], newest).list_unused(newest, 9)
    assert gone == generations
    assert [one.facts.number for one in state.list_unfinished()] == [3]
    assert state.find_predecessor() == generations[3]
    assert TargetState(generations, generations[3]).find_predecessor() == generations[1]

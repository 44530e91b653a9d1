"""Each mistake that an editor can make gives one line with its location and what to do (mistakes.md)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.durations import Duration
from policy.findings import ContentError
from policy.loader import PublishedNotes, load_policy
from policy.models import Level
from policy.sources import RejectedFile
from tests.helpers.factories import POLICY_YAML, policy_files, property_settings, section_text

_EXAMPLES = re.findall(
    r"^(?P<title>[^\n.][^\n]*)\n\.\n(?P<given>.*?)^\.\n(?P<wanted>.*?)^\.$",
    Path(__file__).with_name("mistakes.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def _load_findings(content, published=None) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_policy(content, published)
    return [str(line) for line in caught.value.lines]


@pytest.mark.parametrize(
    ("given", "wanted"), [pair[1:] for pair in _EXAMPLES], ids=[pair[0] for pair in _EXAMPLES]
)
def test_a_mistake_is_reported_in_the_expected_lines(given, wanted):
    more = dict(re.findall(r"^=== (\S+)\n(.*?)(?=^=== |\Z)", given, re.MULTILINE | re.DOTALL))
    assert _load_findings(policy_files(more)) == wanted.splitlines()


def test_invalid_utf8_is_reported_with_its_line_and_column():
    content = policy_files() | {
        "content/nb/02-b.md": b"---\ntitle: B\n---\nab\xff\n",
        "content/policy.yaml": b"\xe6",
    }
    assert _load_findings(content) == [
        "content/nb/02-b.md:4:3: not valid UTF-8; save the file as UTF-8",
        "content/policy.yaml:1:1: not valid UTF-8; save the file as UTF-8",
    ]


@pytest.mark.parametrize("kind", list(RejectedFile))
def test_a_file_that_is_never_opened_is_reported(kind):
    assert _load_findings(policy_files() | {"content/nb/02-b.md": kind}) == [
        f"content/nb/02-b.md:1:1: {kind.value[0]}; {kind.value[1]}"
    ]


def test_a_rejected_policy_yaml_is_not_also_missing():
    content = policy_files() | {"content/policy.yaml": RejectedFile.SYMLINK}
    assert _load_findings(content) == [
        "content/policy.yaml:1:1: symbolic links are not allowed here; replace it with a regular file"
    ]


def test_dotfiles_and_files_in_dotted_folders_are_ignored():
    hidden = {
        "content/.DS_Store": b"\xff",
        "content/nb/.06-deling.md.swp": RejectedFile.SYMLINK,
        "content/.vscode/settings.json": b"{",
    }
    assert load_policy(policy_files() | hidden) == load_policy(policy_files())


def test_the_folder_of_a_language_that_is_not_listed_is_ignored():
    only = POLICY_YAML.replace("[nb, en]", "[nb]")
    policy = load_policy(policy_files({"policy.yaml": only, "en/01-om.md": "no front matter"}))
    assert list(policy.sections) == ["nb"]


def test_facts_and_notes_may_be_absent():
    policy = load_policy(policy_files())
    assert policy.facts.purposes == ()
    assert policy.facts.rights.access is None
    assert policy.notes == {}


def test_a_policy_without_any_section_is_an_error():
    only = {"content/policy.yaml": POLICY_YAML.encode()}
    assert _load_findings(only) == [
        "content/nb:1:1: there are no sections; write one, for example 01-about.md"
    ]


def test_settings_have_the_documented_defaults():
    settings = load_policy(policy_files()).settings
    assert settings.show_days == 90
    assert settings.lead_days.model_dump() == {"minor": 0, "major": 30, "special": 30}
    assert settings.announce.list_channels(Level.MINOR) == ()
    assert settings.announce.list_channels(Level.MAJOR) == ("help_centre", "login", "email")
    assert settings.announce.list_channels(Level.SPECIAL) == ("help_centre", "login", "email", "alert")
    assert settings.accepted == ()


def test_a_scalar_stays_what_was_typed():
    rows = "- {id: 010, name: 1.10, country: NO}\n- {id: on, name: 2026-01-01}\n"
    first, second = load_policy(policy_files({"facts/recipients.yaml": rows})).facts.recipients
    assert (first.id, first.name.get_text("nb"), first.country) == ("010", "1.10", "NO")
    assert (second.id, second.name.get_text("nb")) == ("on", "2026-01-01")


def test_a_published_note_keeps_the_languages_that_it_was_published_in():
    note = {"changes/a.yaml": "level: minor\nsummary: {nb: Hei}\n"}
    assert _load_findings(policy_files(note)) == [
        "content/changes/a.yaml:2:10: the text in 'en' is missing; add a line 'en: …'"
    ]
    only_norwegian = {"policy.yaml": POLICY_YAML.replace("[nb, en]", "[nb]"), **note}
    published = PublishedNotes()
    published.add_revision(policy_files(only_norwegian), load_policy(policy_files(only_norwegian)))
    assert load_policy(policy_files(note), published).notes["changes/a.yaml"].summary.is_missing_in("en")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2026-12-22", date(2026, 12, 22)), ("P30D", Duration("P30D")), ("P1M", Duration("P1M"))],
)
def test_a_note_takes_effect_on_a_day_or_after_a_period(typed, meant):
    note = {"changes/a.yaml": f"level: major\neffective: {typed}\nsummary: x\n"}
    assert load_policy(policy_files(note)).notes["changes/a.yaml"].effective == meant


def test_a_period_of_a_thousand_years_is_accepted_and_a_longer_one_is_not():
    def note(period):
        return {"changes/a.yaml": f"level: minor\neffective: {period}\nsummary: x\n"}

    load_policy(policy_files(note("P1000Y")))
    assert _load_findings(policy_files(note("P1001Y"))) == [
        "content/changes/a.yaml:2:12: longer than a thousand years; write a shorter period"
    ]


@pytest.mark.parametrize(
    "other",
    [
        "\ufeff" + section_text("Hæ \u00e5.\n\n- a"),
        section_text("Hæ \u00e5.\n\n- a").replace("\n", "\r\n"),
        section_text("Hæ \u00e5.\n\n- a").replace("\n", "\r"),
        section_text("Hæ a\u030a.\n\n- a"),
    ],
    ids=["bom", "crlf", "cr", "nfd"],
)
def test_bom_line_ends_and_normal_form_make_no_difference(other):
    same = policy_files({"nb/01-om.md": section_text("Hæ \u00e5.\n\n- a")})
    assert load_policy(policy_files({"nb/01-om.md": other})) == load_policy(same)


def test_the_order_of_keys_makes_no_difference():
    turned = "\n".join(reversed(POLICY_YAML.splitlines())).replace(
        "{nb: Personvernerklæring, en: Privacy policy}", "{en: Privacy policy, nb: Personvernerklæring}"
    )
    assert load_policy(policy_files({"policy.yaml": turned})) == load_policy(policy_files())


def _is_loaded_or_reported(content) -> bool:
    try:
        return load_policy(content) is not None
    except ContentError as error:
        matches = [
            re.fullmatch(r"content/[^:]+:\d+:\d+: [^\n]+; [^\n]+", line) for line in map(str, error.lines)
        ]
        return bool(matches) and all(matches)


@property_settings
@given(st.sampled_from(sorted(policy_files())), st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_arbitrary_bytes_end_in_findings_at_worst(path, data):
    content = policy_files() | {path: data}
    assert _is_loaded_or_reported(content)


_YAML = st.recursive(
    st.sampled_from(["x", "P2Y", "nb", "2026-01-01", "''", "NO", "true", "1", "~", "{{ a }}"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(
                ["id", "name", "nb", "en", "kind", "data", "period", "country", "level", "minor"]
            ),
            inner,
            max_size=4,
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}")
    ),
    max_leaves=8,
)
_KEYS = ["title", "languages", "controller", "announce", "lead_days", "show_days", "accepted", "dpo", "mail"]
_NAMES = [
    "facts/purposes.yaml",
    "facts/rights.yaml",
    "facts/recipients.yaml",
    "facts/cookies.yaml",
    "changes/a.yaml",
]


@property_settings
@given(st.sampled_from(_KEYS), st.sampled_from(_NAMES), _YAML, _YAML)
def test_any_shape_of_yaml_ends_in_findings_at_worst(key, name, one, other):
    lines = [line for line in POLICY_YAML.splitlines() if not line.startswith(f"{key}:")]
    content = policy_files({"policy.yaml": "\n".join([*lines, f"{key}: {one}\n"]), name: f"{other}\n"})
    assert _is_loaded_or_reported(content)


def test_an_unchanged_note_is_the_same_object_and_a_changed_one_is_read_again():
    def state(*notes):
        rows = {f"changes/{name}.yaml": f"level: minor\nsummary: {text}\n" for name, text in notes}
        return policy_files(rows)

    before, after = state(("a", "x"), ("b", "x")), state(("a", "x"), ("b", "y"), ("c", "x"))
    published = PublishedNotes()
    first = load_policy(before, published)
    published.add_revision(before, first)
    second = load_policy(after, published)
    assert second == load_policy(after)
    assert second.notes["changes/a.yaml"] is first.notes["changes/a.yaml"]
    assert list(second.notes) == ["changes/a.yaml", "changes/b.yaml", "changes/c.yaml"]


def test_a_name_that_collides_with_that_of_a_published_note_is_an_error():
    text = "level: minor\nsummary: x\n"
    published = PublishedNotes()
    published.add_revision(
        policy_files({"changes/å.yaml": text}), load_policy(policy_files({"changes/å.yaml": text}))
    )
    both = policy_files({"changes/å.yaml": text, "changes/a\u030a.yaml": text})
    assert _load_findings(both, published) == _load_findings(both) != []


def test_a_note_that_changed_under_another_unicode_form_of_its_name_is_read_again():
    def state(name, words):
        return policy_files({f"changes/{name}.yaml": f"level: minor\nsummary: {words}\n"})

    published = PublishedNotes()
    for content in (state("å", "A"), state("a\u030a", "B"), state("å", "A")):
        found = load_policy(content, published)
        assert found == load_policy(content)
        published.add_revision(content, found)

"""Which frames of version pages change with one more version and with the day; texts never do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from changelog.history import Revision
from changelog.periods import find_replacement, find_superseding_version
from changelog.replay import build_version_log
from generator import views
from generator.build_options import PROJECT, BuildOptions
from generator.cache_key import CacheKey
from generator.context import SiteContext, create_site_context
from generator.site_files import render_day_files, render_version_files
from generator.template_files import TemplateFiles
from generator.version_store import VersionStore
from tests.helpers.cli import create_history
from tests.helpers.factories import POLICY_YAML, section_text
from tests.helpers.html_page import read_html
from tests.helpers.in_process import build

START = date(2026, 2, 2)
KEY = CacheKey(b"k" * 32)
LIMITS = settings(max_examples=15, phases=[Phase.explicit, Phase.generate])  # every example renders two sites
ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)


def revisions(*changes: dict[str, str]) -> list[Revision]:
    """Return a history of one language: a policy, and a change of its files every third day."""
    files: dict[str, str] = {"policy.yaml": POLICY_YAML.replace("[nb, en]", "[nb]")}
    found = []
    for number, change in enumerate(({"nb/01-om.md": section_text("Først.")}, *changes)):
        # Each has its own note: the same file again would be a correction of the first one.
        files |= {path.replace("NOTE", f"n{number}"): text for path, text in change.items()}
        noon = datetime.combine(START + timedelta(3 * number), time(12), UTC)
        content = {f"content/{path}": text.encode() for path, text in files.items()}
        found.append(Revision(f"{number:040x}", int(noon.timestamp()), content))
    return found


def change(body: str, level: str = "", *lines: str) -> dict[str, str]:
    """Return new words, with a note unless the level is empty."""
    note = "\n".join([f"level: {level}", f"summary: Om {body}", *lines, ""])
    return {"nb/01-om.md": section_text(body)} | ({"changes/NOTE.yaml": note} if level else {})


def major(body: str, effective: str) -> dict[str, str]:
    return change(body, "major", f"effective: {effective}", "action: Les")


SITE = create_site_context(build_version_log(revisions()), START, TemplateFiles(PROJECT / "templates"))


def site_on(day: date, history: list[Revision]) -> SiteContext:
    return replace(SITE, log=build_version_log(history), today=day)


def create_store(site: SiteContext) -> VersionStore:
    options = BuildOptions(PROJECT, PROJECT, site.today)
    return VersionStore(site, options, SimpleNamespace(prefix="", templates=""), KEY)


def folder_names(site: SiteContext) -> dict[str, str]:
    """Return the names of the folders of versions by number, as a build computes them."""
    return {version.number: name for name, version in create_store(site).versions_by_name.items()}


def day_folders(site: SiteContext) -> dict[str, dict[str, str]]:
    """Return the files of each past day by the name of its folder."""
    return {
        name: {file.path: file.text for file in render_day_files(site, pages)}
        for name, pages in create_store(site).days_by_name.items()
    }


def folders(site: SiteContext) -> dict[str, dict[str, str]]:
    """Return the files of each version by number."""
    return {
        version.number: {file.path: file.text for file in render_version_files(site, version)}
        for version in site.log.versions
    }


def assert_changed(before: SiteContext, after: SiteContext, expected: set[str]) -> None:
    """Check that of the versions of `before`, the frames of those expected differ in `after`, and no text."""
    own, other = folders(before), folders(after)
    own_names, other_names = folder_names(before), folder_names(after)
    assert {number for number in own if own[number] != other[number]} <= expected
    assert {number for number in own if own_names[number] != other_names[number]} == expected
    for number, files in own.items():
        assert files["nb/policy.txt"] == other[number]["nb/policy.txt"]
        pages = (files["nb/index.html"], other[number]["nb/index.html"])
        assert len({ARTICLE.search(page)[0] for page in pages}) == 1


@st.composite
def changes(draw) -> dict[str, str]:
    """Return a change with or without a note, which may concern announced versions."""
    body = draw(st.text("abcdefghij", min_size=4, max_size=4))
    level = draw(st.sampled_from(["", "minor", "minor", "major", "special"]))
    if not level:
        return change(body)
    lines = ["action: Les"] if level != "minor" else []
    if level != "minor" or draw(st.booleans()):
        lines.append(
            f"effective: {draw(st.sampled_from(['P1D', 'P5D', 'P30D', '2026-03-01', '2026-06-01']))}"
        )
    kind = draw(st.sampled_from(["", "", "withdraws", "brings_forward", "also_in_force"]))
    numbers = draw(st.lists(st.sampled_from(["1.1", "2.0", "2.1", "3.0"]), max_size=2, unique=True))
    if kind == "withdraws" or (kind == "brings_forward" and any("effective" in line for line in lines)):
        lines.append(f"{kind}: {numbers!r}")
    if kind == "also_in_force" and level == "minor" and not any("effective" in line for line in lines):
        lines.append("also_in_force: true")
    return change(body, level, *lines)


@example([major("a", "P30D"), change("b", "minor", "withdraws: ['2.0']")])
@example([major("a", "P30D"), change("b", "minor", "also_in_force: true")])
@example([major("a", "P30D"), change("b", "minor", "effective: P5D", "brings_forward: ['2.0']")])
@LIMITS
@given(st.lists(changes(), min_size=1, max_size=6))
def test_one_more_version_changes_the_frames_before_it_and_of_those_that_it_ends(steps):
    history = revisions(*steps)
    day = START + timedelta(3 * len(steps))
    before, after = site_on(day, history[:-1]), site_on(day, history)
    states = {
        version.number: views.find_version_state(before.log, version, day) for version in before.log.versions
    }
    ended = {
        version.number
        for version in after.log.versions
        if version.number in states
        and (
            views.find_version_state(after.log, version, day) != states[version.number]
            or version.withdrawn_by != before.log.get_version(version.number).withdrawn_by
        )
    }
    is_longer = after.log.version_count > before.log.version_count
    assert_changed(before, after, ended | ({before.log.latest.number} if is_longer else set()))


@LIMITS
@given(st.lists(changes(), min_size=1, max_size=6), st.integers(0, 60))
def test_a_day_changes_the_frames_of_the_versions_whose_state_it_changes(steps, later):
    history = revisions(*steps)
    day = START + timedelta(3 * len(steps) + later)
    before, after = site_on(day, history), site_on(day + timedelta(1), history)
    changed = {
        version.number
        for version in before.log.versions
        if views.find_version_state(before.log, version, before.today)
        != views.find_version_state(after.log, after.log.get_version(version.number), after.today)
    }
    assert_changed(before, after, changed)


def test_the_day_of_effect_changes_two_frames():
    history = revisions(change("a"), major("b", "P30D"))
    eve = START + timedelta(6 + 29)
    assert_changed(site_on(eve, history), site_on(eve + timedelta(1), history), {"1.1", "2.0"})


@LIMITS
@given(st.lists(changes(), min_size=1, max_size=6))
def test_a_version_that_ended_names_the_version_and_day_that_ended_it(steps):
    log = build_version_log(revisions(*steps))
    for version in log.versions:
        assert (find_superseding_version(log, version) is not None) == version.is_superseded
    for day in (START + timedelta(number) for number in range(150)):
        version = log.find_version_in_force(day)
        if version and (replacement := find_replacement(log, version)):
            assert replacement.effective > day
            assert log.find_version_in_force(replacement.effective) is not version


STATES = """
start 2026-01-05
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-03-01
commit 2026-01-10
words nb/02-deling "Vi deler navn og alder."
words en/02-deling "We share names and ages."
note alder major 2026-06-01
commit 2026-03-02
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note likevel minor "" "" 'withdraws: ["3.0"]'
commit 2026-03-10
words nb/02-deling "Vi deler navn og kjønn."
words en/02-deling "We share names and genders."
note kjonn major 2026-09-01
commit 2026-04-01
"""


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("versjon/1.0/", ("Dette er en arkivert versjon.", "Se hva som gjelder nå.", 'rel="next"')),
        ("versjon/1.0/", ("Gjaldt fra 5. januar 2026 til og med 28. februar 2026.",)),
        ("versjon/3.0/", ("Denne versjonen ble trukket tilbake før den begynte å gjelde.",)),
        ("versjon/3.0/", ("Skulle gjelde fra 1. juni 2026.", "Trukket tilbake 10. mars 2026.")),
        ("versjon/3.1/", ("Gjelder nå", "Begynte å gjelde", 'href="../4.0/endringer/"')),
        ("versjon/4.0/", ("Denne versjonen gjelder ikke ennå. Den gjelder fra 1. september 2026.",)),
        ("versjon/4.0/", ("Fast lenke til denne versjonen", 'rel="prev"', "policy.txt")),
        ("versjon/3.0/endringer/", ("ble trukket tilbake", 'rel="prev"', 'rel="next"')),
    ],
)
def test_the_pages_of_a_version_say_whether_it_applies(states_site, page, words):
    text = read_html(states_site / page / "index.html")
    for part in words:
        assert part in text


def test_the_version_in_force_has_no_bar_and_no_next_change(states_site):
    text = (states_site / "versjon/3.1/index.html").read_text(encoding="utf-8")
    assert 'class="archive' not in text
    assert 'rel="next"' not in (states_site / "versjon/4.0/index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def states_site(tmp_path_factory):
    """A site with a version in each state."""
    folder = tmp_path_factory.mktemp("states")
    build(create_history(folder / "source", STATES), folder / "out", today="2026-04-02")
    return folder / "out/site"


@example([major("a", "P3D"), major("b", "P0D"), change("c"), change("d", "minor")], 9)
@example([major("a", "P5D"), change("b", "minor", "also_in_force: true"), change("c"), change("d")], 9)
@LIMITS
@given(st.lists(changes(), min_size=2, max_size=7), st.integers(0, 60))
def test_the_page_of_a_past_day_is_the_same_as_long_as_its_folder_has_the_same_name(steps, later):
    history = revisions(*steps)
    day = START + timedelta(3 * len(steps) + later)
    sites = (site_on(day, history[:-1]), site_on(day, history), site_on(day + timedelta(20), history))
    for before, after in pairwise(sites):
        own, other = day_folders(before), day_folders(after)
        assert all(files == other[name] for name, files in own.items() if name in other)


DAY_HISTORY = [major("a", "P3D"), change("b", "minor"), change("c", "minor"), change("d", "minor")]


def test_one_more_version_leaves_the_folders_of_past_days_as_they_are():
    history = revisions(*DAY_HISTORY)
    day = START + timedelta(40)
    before, after = day_folders(site_on(day, history[:-1])), day_folders(site_on(day, history))
    assert before
    assert before == after


@pytest.mark.parametrize(
    "later",
    [
        {"changes/n1.yaml": "level: major\nsummary: Rettet\neffective: P3D\naction: Les\n"},
        {
            "policy.yaml": POLICY_YAML.replace("[nb, en]", "[nb]").replace(
                "email:", "website: https://a.example, email:"
            )
        },
    ],
    ids=["corrected-note", "other-frame"],
)
def test_the_folder_of_a_day_gets_another_name_with_what_its_page_shows(later):
    day = START + timedelta(40)
    before, after = (day_folders(site_on(day, revisions(*DAY_HISTORY, *more))) for more in ((), (later,)))
    assert not {*before} & {*after}
    assert all(files not in after.values() for files in before.values())

"""Fact rows and what is said not to have changed, judged by the words of generated policies and edits.

The judgement knows nothing of the code that it judges: it looks for placeholders in the files and for words
in the documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import event, given
from hypothesis import strategies as st

from changelog.fact_rows import list_fact_rows
from changelog.replay import build_version_log
from changelog.unchanged_facts import list_unchanged_facts
from changelog.versions import find_version_in_force
from policy.blocks import extract_words
from tests.helpers.fact_policies import build_history, fact_files
from tests.helpers.long_tests import choose_examples

LANGUAGES = ("nb", "en")
NAMES = ("Vertskap AS", "Mailgun", "Sky Ltd", "Bokholder", "å drive det", "å selge mer", "Kontoen", "Logger")
NOTES = (
    "",
    "level: minor",
    "level: minor\nalso_in_force: true",
    "level: minor\nwithdraws: ['2.0']",
    "level: minor\neffective: P0D\nbrings_forward: ['2.0']",
    "level: major\neffective: P31D",
    "level: major\neffective: P60D",
)
COUNTRIES = ("NO", "US", "DE", None)
BASES = ("contract", "consent", None)
PERIODS = ("P1Y", "P2Y", "P24M", "P6M", None)
SENTENCES = (
    "Vi passer på opplysningene.",
    "We look after the data,  and more.",
    "Vi deler med Mailgun.",
    "We share data with Sky Ltd in the US.",
    "Kontoen slettes etter 2 år.",
    "Noe helt annet står her",
    "Noe helt annet, står her.",
    "Opplysninegr",
    "Opplysninger",
)
TABLES = ("recipients", "purposes", "retention", "categories")
KINDS = {
    "recipients": (r"table: recipients|recipients\.", ("recipients",)),
    "purposes": (r"table: purposes|purposes\.", ("purposes",)),
    "legal_bases": (r"table: purposes|purposes\.\w+\.legal_basis", ("purposes",)),
    "storage_periods": (r"table: (retention|purposes)|retention\.|purposes\.\w+\.retention", ("retention",)),
}


@dataclass
class State:
    """A policy that is edited: rows of facts by kind and id, bodies of sections by language and name."""

    facts: dict[str, dict[str, dict[str, object]]]
    sections: dict[tuple[str, str], list[str]]
    titles: dict[str, str]
    aliases: dict[str, list[str]] = field(default_factory=dict)
    languages: list[str] = field(default_factory=lambda: ["nb", "en"])

    def list_files(self):
        """Return the files; a reference to a row that is gone is left out."""
        bodies = {
            f"{locale}/{number:02}-{name}": self._join_passages(locale, name)
            for locale in self.languages
            for number, name in enumerate(self.titles, start=1)
            if (locale, name) in self.sections
        }
        facts = {kind: self._write_rows(kind) for kind in self.facts}
        files = fact_files(bodies, facts, ", ".join(self.languages))
        for path in list(files):
            name = path.partition("-")[2].removesuffix(".md")
            if path.endswith(".md"):
                aliases = ", ".join(self.aliases.get(name, []))
                head = f"---\ntitle: {self.titles[name]}\naliases: [{aliases}]\n---\n"
                files[path] = head + files[path].split("---\n", 2)[2]
        return files

    def _join_passages(self, locale, name):
        return "\n\n".join(filter(None, map(self._fill, self.sections[locale, name])))

    def _fill(self, text):
        match = re.fullmatch(r"<(\w+)\.(\w+)\.(\w+)>", text)
        if not match:
            return text
        kind, row_id, key = match.groups()
        row = self.facts[kind].get(row_id, {})
        return f"Se {{{{ {kind}.{row_id}.{key} }}}}." if row.get(key) else ""

    def _write_rows(self, kind):
        lines = []
        for row_id, row in self.facts[kind].items():
            values = {
                key: value
                for key, value in row.items()
                if value and (key != "retention" or value in self.facts["retention"])
            }
            pairs = ", ".join(f"{key}: {value}" for key, value in {"id": row_id, **values}.items())
            lines.append(f"- {{{pairs}}}")
        return "\n".join(lines) + "\n" if lines else "[]\n"


def draw_row(draw, kind):
    """Return the values of a row."""
    name = draw(st.sampled_from(NAMES))
    if kind == "recipients":
        return {"name": name, "country": draw(st.sampled_from(COUNTRIES))}
    if kind == "purposes":
        return {
            "name": name,
            "legal_basis": draw(st.sampled_from(BASES)),
            "retention": draw(st.sampled_from((None, "a", "b"))),
        }
    if kind == "retention":
        return {"what": name, "period": draw(st.sampled_from(PERIODS))}
    return {"name": name}


def draw_passage(draw):
    """Return a table, a placeholder or a sentence."""
    choice = draw(st.integers(0, 3))
    if choice == 0:
        return f"{{{{ table: {draw(st.sampled_from(TABLES))} }}}}"
    if choice == 1:
        keys = {
            "recipients": ("name", "country"),
            "purposes": ("name", "legal_basis"),
            "retention": ("what", "period"),
        }
        kind = draw(st.sampled_from(list(keys)))
        return f"<{kind}.{draw(st.sampled_from('abc'))}.{draw(st.sampled_from(keys[kind]))}>"
    return draw(st.sampled_from(SENTENCES))


@st.composite
def states(draw):
    """Return a policy of three sections in two languages."""
    facts = {
        kind: {row_id: draw_row(draw, kind) for row_id in draw(st.sets(st.sampled_from("ab"), min_size=1))}
        for kind in TABLES
    }
    sections = {}
    for name in ("deling", "lagring", "annet"):
        passages = [draw_passage(draw) for _ in range(draw(st.integers(1, 3)))]
        for locale in LANGUAGES:
            sections[locale, name] = ["Tekst.", *passages]
    return State(facts, sections, {name: name.title() for name in ("deling", "lagring", "annet")})


def edit_fact(draw, state):
    kind = draw(st.sampled_from(TABLES))
    row_id = draw(st.sampled_from("abc"))
    change = draw(st.integers(0, 4))
    rows = state.facts[kind]
    if change == 0:
        rows.pop(row_id, None)
    elif change == 1 and len(rows) > 1:  # the values of two rows are swapped
        one, other = list(rows)[:2]
        rows[one], rows[other] = rows[other], rows[one]
    elif change == 2 and rows:  # another id and nothing else
        old = next(iter(rows))
        state.facts[kind] = {row_id if key == old else key: row for key, row in rows.items()}
    elif change == 3 and rows:  # one value of a row
        key = draw(st.sampled_from(list(rows)))
        other = draw_row(draw, kind)
        name = draw(st.sampled_from(list(other)))
        rows[key] = {**rows[key], name: other[name]}
    else:
        rows[row_id] = draw_row(draw, kind)


def edit_text(draw, state):
    locale, name = draw(st.sampled_from(list(state.sections)))
    places = [(locale, name)] if draw(st.booleans()) else [key for key in state.sections if key[1] == name]
    change, passage = draw(st.integers(0, 3)), draw_passage(draw)
    for key in places:
        body = state.sections[key]
        if change == 0 and len(body) > 1:
            body.pop()
        elif change == 1:
            body.append(passage)
        elif change == 2:
            body[-1] = passage
        else:
            body.insert(0, body.pop())


def edit_sections(draw, state):
    change = draw(st.integers(0, 5))
    name = draw(st.sampled_from(list(state.titles)))
    if change == 0:  # another id, with an alias
        new = f"{name}x"
        state.titles = {new if key == name else key: title for key, title in state.titles.items()}
        state.sections = {
            (locale, new if key == name else key): body for (locale, key), body in state.sections.items()
        }
        state.aliases[new] = [*state.aliases.pop(name, []), name]
    elif change == 1 and len(state.titles) > 1:  # two sections become one
        other = next(key for key in state.titles if key != name)
        for locale in LANGUAGES:
            body = state.sections.pop((locale, other), [])
            state.sections.setdefault((locale, name), []).extend(body)
        state.aliases[name] = [*state.aliases.get(name, []), *state.aliases.pop(other, []), other]
        del state.titles[other]
    elif change == 2:
        state.titles[name] += " igjen"
    elif change == 3:
        state.titles = dict(reversed(state.titles.items()))
    elif change == 4 and ("nb", name) in state.sections:  # no longer translated
        state.sections.pop(("en", name), None)
    else:
        state.languages = ["nb"] if state.languages != ["nb"] else ["nb", "en"]


@st.composite
def histories(draw):
    """Return the files of a few revisions, some with notes."""
    state = draw(states())
    revisions, notes = [state.list_files()], {}
    for number in range(draw(st.integers(1, 3))):
        for _ in range(draw(st.integers(1, 2))):
            draw(st.sampled_from((edit_fact, edit_text, edit_sections)))(draw, state)
        if note := draw(st.sampled_from(NOTES)):
            notes[f"changes/{number}.yaml"] = f"{note}\nsummary: Merknad\naction: Les\n"
        revisions.append({**state.list_files(), **notes})
    return revisions


def list_pairs(log):
    """Return each version with its predecessor, and the first and the version in force with the last."""
    pairs = [(log.find_predecessor(version), version) for version in log.versions[1:]]
    in_force = log.find_version_in_force(log.latest.published)
    return [*pairs, (log.versions[0], log.latest), *([(in_force, log.latest)] if in_force else [])]


def list_words(section):
    """Return the words of a section without signs and capitals, spelling corrected."""
    words = [*section.title.split(), *extract_words(section.blocks)]
    corrected = (re.sub(r"\W", "", word).casefold().replace("opplysninegr", "opplysninger") for word in words)
    return [word for word in corrected if word]


def list_rendering_sections(version, locale, pattern):
    """Return the words of each section whose file has a placeholder of a kind, whatever its order."""
    sources = {section.id: f"{section.title}\n{section.body}" for section in version.policy.sections[locale]}
    return sorted(
        list_words(section)
        for section in version.documents[locale].sections
        if re.search(pattern, sources.get(section.id, ""))
    )


@choose_examples(20, 80)
@given(histories())
def test_what_is_said_to_be_unchanged_has_the_same_words(revisions):
    log = build_version_log(build_history(*revisions))
    for before, after in list_pairs(log):
        in_force = find_version_in_force(log.list_versions_before(after), after.published)
        for locale in after.documents:
            if locale not in before.documents:
                continue
            for found in list_unchanged_facts(log, before, after, locale):
                event(f"{found.kind} {found.form}")
                pattern, kinds = KINDS[found.kind]
                between = log.list_versions_before(after)[log.versions.index(before) :]
                sides = [version for version in (in_force, *between, after) if version]
                shown = [list_rendering_sections(version, locale, pattern) for version in sides]
                assert shown[0], "nothing shows it"
                assert all(words == shown[0] for words in shown)
                for version in sides:
                    assert all(section.locale == locale for section in version.documents[locale].sections)
                    assert any(getattr(version.policy.facts, kind) for kind in kinds)


def has_words(version, locale, words):
    """Whether a document has words somewhere."""
    text = " ".join(
        word
        for section in version.documents[locale].sections
        for word in (*section.title.split(), *extract_words(section.blocks))
    )
    return words.casefold() in text.casefold()


@choose_examples(20, 80)
@given(histories())
def test_a_fact_row_has_only_words_that_readers_see(revisions):
    log = build_version_log(build_history(*revisions))
    for before, after in list_pairs(log):
        for locale in {*before.documents} & {*after.documents}:
            for row in list_fact_rows(before, after, locale):
                event(f"{row.kind} {row.topic}")
                assert has_words(after, locale, row.name) or ";" in row.name
                for version, value in ((before, row.before), (after, row.after)):
                    for part in re.split(r"; | \(|\)|: ", value):
                        assert has_words(version, locale, part), row
                if row.kind in {"new-recipient", "gone"} and "." not in row.topic:
                    other, value = (before, row.after) if row.after else (after, row.before)
                    name = re.split(r" [(]|: ", value)[0]
                    assert not has_words(other, locale, f" {name} "), row
                assert row.before != row.after or not row.before

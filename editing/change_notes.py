"""Change notes written as a template that an editor completes: the `note` command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from changelog.change_set import Change, collect_changes_since_last_note
from changelog.check_context import ChangeCheckContext
from changelog.history import read_working_tree
from changelog.minimum_level import LevelAssessment
from changelog.weighty_sentences import WeightySentence, list_weighty_sentences
from common.characters import escape_line
from common.messages import Message, Translator
from editing.checking import append_working_tree, read_committed
from editing.editor_clone import list_note_names_of_branches
from languages.loader import get_language
from policy.checks.context import PolicyCheckContext
from policy.fields import Locale
from policy.models import Level, Settings

_MAX_SENTENCES = 5  # that a note lists
_REVIEW_DAYS = 7  # beyond the lead time: between a commit and its publication there is a review


@dataclass(frozen=True)
class PendingChange:
    """A change without a note: its minimum level, and the titles of the sections it touches, by id.

    `weighty_sentences` may matter more to readers than the minimum level says.
    """

    assessment: LevelAssessment
    touched_titles: dict[str, str]
    settings: Settings
    weighty_sentences: tuple[WeightySentence, ...]


def find_pending_change(source: Path, today: date) -> PendingChange | None:
    """Return all that changed since the last note as one change.

    None if every change has a note, or was explained later.
    """
    revisions = append_working_tree(read_committed(source), read_working_tree(source, today))
    change_set = collect_changes_since_last_note(revisions, today)
    policy_context = PolicyCheckContext(change_set.newest_snapshot.policy, revisions[-1].files)
    context = ChangeCheckContext(change_set, policy_context, revisions, today)
    unnoted = [
        change
        for change in change_set.changes
        if not change.notes and change.has_text_changes and not context.is_explained(change)
    ]
    if not unnoted:
        return None
    first, last = unnoted[0], unnoted[-1]
    whole = Change(first.before, last.after, {}, last.published, last.commit)
    return PendingChange(
        whole.assessment,
        _list_touched_titles(whole),
        whole.after.policy.settings,
        tuple(list_weighty_sentences(whole)),
    )


def list_weighty_lines(pending: PendingChange, translator: Translator) -> list[str]:
    """Return the sentences to think of when the level is chosen, one a line below a heading; none if none."""
    if not pending.weighty_sentences:
        return []
    # Translations say the same again.
    locale = pending.weighty_sentences[0].locale
    sentences = [sentence.excerpt for sentence in pending.weighty_sentences if sentence.locale == locale]
    heading = Message("Think of these sentences when you choose the level:").translate(translator)
    return [heading, *(f"  {sentence}" for sentence in sentences[:_MAX_SENTENCES])]


def _list_touched_titles(change: Change) -> dict[str, str]:
    """Return the touched sections, id and title, in the first language that has them."""
    titles: dict[str, str] = {}
    for documents in (change.after.documents, change.before.documents):
        for document in documents.values():
            for section in document.sections:
                titles.setdefault(section.id, section.title)
    touched = change.touched_sections
    ids = dict.fromkeys((*touched.added, *touched.changed, *touched.moved, *touched.removed))
    return {section_id: titles[section_id] for section_id in ids}


def write_note(
    source: Path, pending: PendingChange, level: Level | None, today: date, translator: Translator = str
) -> str:
    """Write a note template under a new name in content/changes/, and return its path below `source`.

    Without a level the editor must write one: until then the note cannot be read. Its comments for the editor
    are in the language of the translator.
    """
    # Other files are named in the first language too.
    word_for_changes = get_language(pending.settings.languages[0]).words.urls.changes
    stem = f"{today}-{next(iter(pending.touched_titles), word_for_changes)}"
    return write_note_file(source, stem, _format_note(pending, level, today, translator))


def write_note_file(source: Path, stem: str, lines: Iterable[str]) -> str:
    """Write lines to a new file in content/changes/, and return its path below `source`.

    Its name is `stem`, or `stem` and a number if there is a note of that name, here or on another branch.
    """
    folder = source / "content" / "changes"
    folder.mkdir(parents=True, exist_ok=True)
    existing = {path.stem for path in folder.iterdir()} | list_note_names_of_branches(source)
    name = next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if name not in existing)
    (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"content/changes/{name}.yaml"


def _format_note(
    pending: PendingChange, chosen: Level | None, today: date, translator: Translator
) -> Iterator[str]:
    """Yield the lines of a note template, with comments for the editor."""
    minimum, settings = pending.assessment.level, pending.settings
    level = chosen or Level.MINOR
    for line in _list_introduction(pending, translator):
        yield f"# {escape_line(line)}"  # a line end in it would end the comment
    yield f"level: {chosen.value if chosen else ''}".rstrip()
    lead = getattr(settings.lead_days, level.value)
    if level is not Level.MINOR or lead:
        # A period: it stays right if the commit is made, merged or published later than planned.
        days = lead + _REVIEW_DAYS
        day = today + timedelta(days=days)
        comment = Message("counted from publication: {day} if published today", day=day)
        yield f"effective: P{days}D  # {comment.translate(translator)}"
    if level is not Level.MINOR:
        comment = Message("The subject of the letter and the heading of the announcement.")
        yield f"# {comment.translate(translator)}"
        yield from format_empty_text("title", settings.languages)
    yield from format_empty_text("summary", settings.languages)
    if level is not Level.MINOR:
        comment = Message("What readers can do before that day; say so if nothing needs to be done.")
        yield f"# {comment.translate(translator)}"
        yield from format_empty_text("action", settings.languages)
    if minimum and level.weight < minimum.weight:
        comment = Message("Published: why the level is lower than the facts require.")
        yield f"# {comment.translate(translator)}"
        yield from format_empty_text("lower_reason", settings.languages)


def _list_introduction(pending: PendingChange, translator: Translator) -> Iterator[str]:
    """Yield what changed, the facts that set the minimum level, and what to write."""
    titles = (f"{title} ({section_id})" for section_id, title in pending.touched_titles.items())
    yield Message("Changed sections: {titles}", titles=", ".join(titles)).translate(translator)
    minimum = pending.assessment.level
    if minimum is None:
        yield Message(
            "The level is not assessed: the policy has no facts. Choose minor, major or special yourself."
        ).translate(translator)
    elif pending.assessment.reasons:
        heading = Message("The level must be at least {level}, because of these facts:", level=minimum.value)
        yield heading.translate(translator)
        yield from (f"  {reason.translate(translator)}" for reason in pending.assessment.reasons)
    yield from list_weighty_lines(pending, translator)
    yield Message(
        "To see the change, run: build.py diff. Tell readers what changes for them, in a sentence or two."
    ).translate(translator)


def format_empty_text(key: str, languages: tuple[Locale, ...]) -> Iterator[str]:
    """Yield a key with an empty text in each language; reading fails until they are written."""
    yield f"{key}:"
    yield from (f"  {locale}:" for locale in languages)

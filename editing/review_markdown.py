"""A review as Markdown for a comment on a pull request, short enough for GitHub.

Every word of the policy, its notes and its file names is escaped (docs/decisions/printed-text.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from changelog.versions import NoteText, Version
from common.messages import Message, Translator
from editing.diffing import escape_block_sign, escape_markdown, format_markdown_redlines
from editing.formatters import SEVERITY_LABELS, format_problem, format_summary
from editing.review import Review
from editing.submission import CHANNEL_LABELS
from policy.blocks import Block, render_prose
from policy.findings import Finding
from policy.models import Channel

# GitHub accepts 65,536 characters. These are bytes, so it also fits where characters are counted otherwise,
# and some are left for what a script adds to it.
_MAX_BYTES = 64_000
_MAX_FACT_BYTES = 8_000  # of the facts about versions
_MAX_FINDING_BYTES = 12_000
_MAX_NOTE_BYTES = 16_000


def format_review(review: Review, translator: Translator) -> str:
    """Return a summary, the findings, the note, a checklist and the redline, in this order."""
    lines = _cut_lines(_list_facts(review, translator), _MAX_FACT_BYTES, "diff", translator)
    lines += _cut_lines(_list_findings(review, translator), _MAX_FINDING_BYTES, "check", translator)
    lines += _cut_lines(_list_note_texts(review, translator), _MAX_NOTE_BYTES, "diff", translator)
    lines += _list_checklist(review, translator)
    lines += _list_redlines(review, translator, _MAX_BYTES - _measure(lines))
    return "\n".join(lines)


def _measure(lines: Iterable[str]) -> int:
    """Return the size of lines in UTF-8 with their line ends."""
    return sum(len(line.encode("utf-8", "surrogateescape")) + 1 for line in lines)


def _cut_lines(lines: Iterable[str], budget: int, command: str, translator: Translator) -> list[str]:
    """Return the lines that fit; if some do not, the last line names the command that shows all of them."""
    kept: list[str] = []
    for line in lines:
        budget -= _measure([line])
        if budget < 0:
            message = Message(
                "The rest does not fit here; to see it, run: build.py {command}", command=command
            )
            return [*kept, "", f"*{_escape(message, translator)}*"]
        kept.append(line)
    return kept


def _escape(message: Message, translator: Translator) -> str:
    return escape_markdown(message.translate(translator))


def _list_facts(review: Review, translator: Translator) -> Iterator[str]:
    """Yield number and level, days, and who is told, of each version."""
    if review.comparison is None:
        yield f"## {_escape(Message('The content cannot be read'), translator)}"
        return
    if not review.new_versions:
        yield f"## {_escape(Message('No new version: readers see no difference'), translator)}"
    for position, version in enumerate(review.new_versions):
        if position:
            yield ""
        title = Message("Version {number}: {level}", number=version.number, level=version.level.value)
        yield f"## {_escape(title, translator)}"
        yield ""
        yield from _list_version_facts(version, translator)
    if review.overtaken_versions:
        numbers = ", ".join(version.number for version in review.overtaken_versions)
        message = Message("Versions that were announced and will not take effect: {numbers}", numbers=numbers)
        yield f"- {_escape(message, translator)}"


def _list_version_facts(version: Version, translator: Translator) -> Iterator[str]:
    days = (version.effective - version.published).days
    yield from _list_minimum_level(version, translator)
    messages = [Message("Published: {day}, if it is merged that day", day=version.published)]
    if days:
        messages.append(
            Message(
                "Takes effect: {day}, {count} days later; the policy promises {lead}",
                day=version.effective,
                count=days,
                lead=version.lead_days,
            )
        )
    else:
        messages.append(
            Message("Takes effect: the same day; the policy promises {lead} days", lead=version.lead_days)
        )
    channels = tuple(CHANNEL_LABELS[channel] for channel in version.channels)
    if channels:
        messages.append(Message("Readers are told through: {channels}", channels=channels))
    else:
        messages.append(Message("Nobody is told; readers find it in the change log"))
    if version.affects:
        messages.append(Message("Concerns: {audiences}", audiences=", ".join(version.affects)))
    messages += [Message("Note: {path}", path=f"content/{name}") for name in version.note_names]
    yield from (f"- {_escape(message, translator)}" for message in messages)


def _list_minimum_level(version: Version, translator: Translator) -> Iterator[str]:
    """Yield the least level that the facts allow, and why."""
    if version.assessment is None:
        return
    if version.is_cosmetic:
        yield f"- {_escape(Message('Only spelling, punctuation or form changes'), translator)}"
    elif version.assessment.level is None:
        yield f"- {_escape(Message('Minimum level: not assessed, the policy has no facts'), translator)}"
    else:
        message = Message("Minimum level: {level}", level=version.assessment.level.value)
        yield f"- {_escape(message, translator)}"
    for reason in version.assessment.reasons:
        yield f"  - {escape_block_sign(_escape(reason, translator))}"


def _list_findings(review: Review, translator: Translator) -> Iterator[str]:
    """Yield the findings of the change; those that were there before it are only counted."""
    new, standing = review.findings
    yield from ("", f"### {_escape(Message('Problems'), translator)}", "")
    yield escape_markdown(format_summary(new, translator))
    if new:
        yield ""
    yield from (f"- {_describe_finding(finding, translator)}" for finding in new)
    if standing:
        yield ""
        heading = Message("Already there before this change: {counts}", counts="{counts}").translate(
            translator
        )
        yield escape_markdown(heading.format(counts=format_summary(standing, translator)))


def _describe_finding(finding: Finding, translator: Translator) -> str:
    path, line, column = finding.location
    label = SEVERITY_LABELS[finding.severity].translate(translator)
    text = f"{path}:{line}:{column}: {format_problem(finding, translator)} [{finding.rule}]"
    return f"**{escape_markdown(label)}** {escape_markdown(text)}"


def _list_note_texts(review: Review, translator: Translator) -> Iterator[str]:
    """Yield what readers are told, in every language."""
    for version in review.new_versions:
        for locale, texts in version.note_texts.items():
            title = Message(
                "What readers are told of version {number} ({language})",
                number=version.number,
                language=locale,
            )
            yield from ("", f"### {_escape(title, translator)}", "")
            yield from _quote_note(texts, translator)


def _quote_note(texts: NoteText, translator: Translator) -> Iterator[str]:
    """Yield a quotation with a paragraph for each line."""
    paragraphs = [f"**{escape_markdown(texts.title)}**"] if texts.title else []
    paragraphs += _list_paragraphs(texts.summary)
    for label, blocks in (
        (Message("What readers can do"), texts.action),
        (Message("Why"), texts.reason),
        (Message("Why the level is lower than the facts require"), texts.lower_reason),
    ):
        if blocks:
            paragraphs += [f"*{_escape(label, translator)}*", *_list_paragraphs(blocks)]
    for position, paragraph in enumerate(paragraphs):
        if position:
            yield ">"
        yield f"> {paragraph}"


def _list_paragraphs(blocks: tuple[Block, ...]) -> list[str]:
    return [
        escape_block_sign(escape_markdown(line)) for line in render_prose(blocks).split("\n") if line.strip()
    ]


def _list_checklist(review: Review, translator: Translator) -> Iterator[str]:
    """Yield what only people can judge."""
    if not review.new_versions:
        return
    yield from ("", f"### {_escape(Message('Checklist for reviewers'), translator)}", "")
    for message in _list_questions(review.new_versions):
        yield f"- [ ] {_escape(message, translator)}"


def _list_questions(versions: Sequence[Version]) -> Iterator[Message]:
    newest = versions[-1]
    if newest.has_note:
        yield Message("The note says in plain words what changes for readers.")
        yield Message("The level is right: would a reader want to be told of this before it applies?")
    else:
        yield Message("It is right that this change has no note.")
    if any(version.is_below_minimum for version in versions):
        yield Message("The reason for the lower level is true; it is published.")
    if len(newest.documents) > 1:
        yield Message("All languages say the same.")
    if newest.effective != newest.published:
        yield Message("On {day}, everything that the new text says will be true.", day=newest.effective)
    else:
        yield Message("Everything that the new text says is true when this is merged.")
    if any(Channel.EMAIL in version.channels for version in versions):
        yield Message("The letters in the preview are right; they are mailed as they are.")
    yield Message("It is merged with a merge commit or a squash, so that text and note become one version.")


def _list_redlines(review: Review, translator: Translator, budget: int) -> Iterator[str]:
    """Yield the redline in every language; each has the same share of the room that is left."""
    redlines = format_markdown_redlines(review.comparison, translator) if review.comparison else {}
    if not redlines:
        return
    legend = Message("~~deleted~~, **added**").translate(translator)
    heading = ["", f"## {_escape(Message('Changed words'), translator)}: {legend}"]
    yield from heading
    budget -= _measure(heading) + 400 * len(redlines)  # for the lines that say what is left out
    for position, lines in enumerate(redlines.values()):
        share = budget // (len(redlines) - position)
        kept = _cut_lines(lines, share, f"diff {review.base}", translator)
        budget -= min(_measure(kept), share)
        yield from kept

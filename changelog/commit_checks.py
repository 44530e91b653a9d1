"""Rules about commits: what is checked is what is published, so text and note must be committed together."""

from __future__ import annotations

from collections.abc import Iterator

from changelog.change_set import Change
from changelog.check_context import ChangeCheckContext
from common.messages import Message
from policy.findings import Finding, Location

_SHORT_ID = 12  # digits of a commit's id


def list_unnoted_steps(context: ChangeCheckContext) -> list[Change]:
    """Return the commits that can still be made one with their note: they change the text and have none."""
    return [
        change
        for change in context.change_set.steps
        if change.has_text_changes and not change.notes and not change.assessment.is_cosmetic
    ]


def find_texts_committed_without_note(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield notes that are not committed although their text is: it would be published without them."""
    uncommitted, steps = context.change_set.uncommitted, context.change_set.steps
    last_with_note = max((number for number, change in enumerate(steps) if change.notes), default=-1)
    unnoted = [change for change in list_unnoted_steps(context) if change in steps[last_with_note + 1 :]]
    if uncommitted is None or not unnoted:
        return
    for name in uncommitted.notes:
        path, first = f"content/{name}", unnoted[0].commit
        message = Message(
            "the text was committed without this note, in commit {commit}", commit=first[:_SHORT_ID]
        )
        if [change.commit for change in unnoted] == [context.working_copy.head]:
            hint = Message("run: git add {path} && git commit --amend --no-edit", path=path)
        else:
            hint = Message(
                "to commit both at once, run: git reset --soft {commit}~1 && git add {path} && git commit",
                commit=first[:_SHORT_ID],
                path=path,
            )
        yield Finding(context.locate_in_note(name, "level"), message, hint)


def find_notes_in_another_commit(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield notes whose text is in an earlier commit: which of them is published depends on the merge."""
    steps = context.change_set.steps
    unnoted = list_unnoted_steps(context)
    for number, change in enumerate(steps):
        earlier = [step for step in steps[:number] if step in unnoted]
        if not change.notes or not earlier:
            continue
        name = next(iter(change.notes))
        message = Message(
            "commit {commit} changes the text without a note, and this note is in another commit",
            commit=earlier[0].commit[:_SHORT_ID],
        )
        hint = Message(
            "squash the branch into one commit, or merge it with a merge commit; "
            "by fast-forward or rebase the text would be in force without its note"
        )
        yield Finding(context.locate_in_note(name, "level"), message, hint)
        return


def find_files_not_added(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield files that Git does not know yet: a commit of the other changes leaves them out."""
    if not any(revision.commit for revision in context.revisions):
        return
    for path in sorted(filter(_is_content, context.working_copy.untracked)):
        hint = Message("run: git add {path}", path=path)
        yield Finding(Location(path), Message("Git does not know this file yet"), hint)


def find_ignored_files(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield files that .gitignore hides from Git, so that they are never published."""
    for path, line in sorted(context.working_copy.ignored.items()):
        if _is_content(path):
            message = Message("{line} hides this file from Git, so it is never published", line=line)
            hint = Message("remove that line, or run: git add --force {path}", path=path)
            yield Finding(Location(path), message, hint)


def find_files_in_conflict(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield files that a merge has left in conflict."""
    for path in sorted(filter(_is_content, context.working_copy.conflicted)):
        message = Message("two editors changed this file, and nobody has told Git which text is right")
        hint = Message("keep what is right of both versions, then run: git add {path}", path=path)
        yield Finding(Location(path), message, hint)


def find_notes_with_taken_names(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield new notes whose name another editor has given to another note."""
    changes = (*context.change_set.steps, *filter(None, [context.change_set.uncommitted]))
    new = {name: note for change in changes for name, note in change.notes.items()}
    notes = context.policy_context.policy.notes
    others = {
        **context.change_set.other_notes,
        **{name: note for name, note in notes.items() if name not in new},
    }
    for name in sorted(new.keys() & notes.keys()):
        # Names that differ in case alone are one file on many systems.
        taken = next(
            (
                other
                for other, note in others.items()
                if other.casefold() == name.casefold() and (other, note) != (name, notes[name])
            ),
            None,
        )
        if taken:
            path = f"content/{name}"
            message = Message("another editor has a note of the same name, {path}", path=f"content/{taken}")
            new_path = f"{path.removesuffix('.yaml')}-2.yaml"
            hint = Message(
                "give this one another name: git mv {path} {new_path}", path=path, new_path=new_path
            )
            yield Finding(Location(path), message, hint)


def _is_content(path: str) -> bool:
    """Whether a file belongs to the policy: hidden ones do not."""
    return "/." not in path

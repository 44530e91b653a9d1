"""Snapshots: the policy at each revision that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from changelog.history import Revision
from policy.document import Document, render_document
from policy.fields import Locale
from policy.findings import ContentError
from policy.loader import PublishedNotes, load_policy
from policy.models import Policy


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The policy at a revision, and the documents that its readers see.

    `commit` is a full hex id, empty for what is not committed; `time` is the committer's, in Unix seconds.
    `published_documents` are used instead of documents rendered from `policy`: those of a published version,
    without redacted words, or those that share unchanged sections with the version before.
    """

    commit: str
    time: int
    policy: Policy
    published_documents: Mapping[Locale, Document] | None = None

    @cached_property
    def documents(self) -> Mapping[Locale, Document]:
        """The document in each language, rendered when they are first asked for."""
        if self.published_documents is not None:
            return self.published_documents
        return {locale: render_document(self.policy, locale) for locale in self.policy.languages}


def read_snapshots(
    revisions: Iterable[Revision], warnings: list[str], *, has_unchanged_notes: bool = True
) -> Iterator[Snapshot]:
    """Yield a snapshot of each revision that can be read.

    One that cannot be read is added to `warnings`, and its changes are attributed to the next one that can.
    Without `has_unchanged_notes`, its policy lacks the notes whose files are those of an earlier revision.
    Raise ContentError if the newest revision cannot be read.
    """
    known_notes = PublishedNotes()
    error_of_newest: ContentError | None = None
    for revision in revisions:
        try:
            policy = load_policy(revision.files, known_notes, has_unchanged_notes=has_unchanged_notes)
        except ContentError as error:
            error_of_newest = error
            warnings.append(_describe_unreadable_revision(revision, error))
            continue
        error_of_newest = None
        known_notes.add_revision(revision.files, policy)
        yield Snapshot(revision.commit, revision.time, policy)
    if error_of_newest:
        raise error_of_newest


def _describe_unreadable_revision(revision: Revision, error: ContentError) -> str:
    """Return a warning with the first finding and the number of others."""
    more = f" (and {len(error.findings) - 1} more)" if len(error.findings) > 1 else ""
    problem = "cannot be read; its changes are attributed to the next readable commit"
    return f"commit {revision.commit[:12]} {problem}: {error.findings[0]}{more}"

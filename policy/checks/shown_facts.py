"""Checks that readers see the facts that other rules count on: in a placeholder, a table, or as a typed name.

`collect_shown_facts` is used by the rules about changes too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from common.messages import Message
from policy.blocks import extract_words
from policy.checks.context import PolicyCheckContext
from policy.document import Document
from policy.eea import EEA_COUNTRIES
from policy.fact_models import Purpose, Recipient, Retention, Row, Source
from policy.fields import LocalizedText
from policy.findings import Finding
from policy.markdown import PLACEHOLDER, TABLE_PLACEHOLDER
from policy.models import Policy
from policy.placeholders import FACT_KINDS
from policy.tables import list_printed_facts

# The kinds whose rows stand for something that GDPR Art. 13 and 14 want readers to be told.
_KINDS = ("purposes", "categories", "retention", "recipients", "cookies", "sources")
_PUNCTUATION = ".,:;!?()«»“”\"'"
_NAMED_KINDS = {"purposes", "categories", "recipients", "cookies", "sources"}


def collect_shown_facts(policy: Policy, documents: Collection[Document]) -> frozenset[str]:
    """Return the paths of the facts that the text shows in some language, such as `recipients.host.name`.

    A name counts as shown if it is typed in the text. Languages that differ have a rule of their own.
    """
    shown: set[str] = set()
    for sections in policy.sections.values():
        for section in sections:
            source = f"{section.title}\n{section.body}"
            for placeholder in PLACEHOLDER.finditer(source):
                table = TABLE_PLACEHOLDER.fullmatch(placeholder[1])
                if table is None:
                    shown.add(placeholder[1])
                elif table[1] in FACT_KINDS:  # another kind is reported where it stands
                    shown.update(list_printed_facts(table[1], policy.facts))
    texts = {document.locale: _join_words(document) for document in documents}
    for kind in _NAMED_KINDS:
        for row in getattr(policy.facts, kind):
            name: LocalizedText = row.name
            if any(_has_name(words, name.get_text(locale)) for locale, words in texts.items()):
                shown.add(f"{kind}.{row.id}.name")
    return frozenset(shown)


def _join_words(document: Document) -> str:
    words = (
        word.casefold()
        for section in document.sections
        for word in (*section.title.split(), *extract_words(section.blocks))
    )
    return f" {' '.join(word.strip(_PUNCTUATION) for word in words)} "


def _has_name(words: str, name: str) -> bool:
    """Whether a text has a name as whole words; a genitive is another word."""
    return f" {' '.join(word.strip(_PUNCTUATION) for word in name.casefold().split())} " in words


def find_facts_not_shown(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find facts that no section shows: what readers cannot see, they have not been told."""
    shown = collect_shown_facts(context.policy, context.documents.values())
    for kind in _KINDS:
        for row in getattr(context.policy.facts, kind):
            hidden = [
                key for key in _list_required_keys(row) if not is_fact_shown(f"{kind}.{row.id}.{key}", shown)
            ]
            if hidden:
                yield _create_finding(context, kind, row.id, hidden)
    for name in type(context.policy.facts.rights).model_fields:
        is_stated = getattr(context.policy.facts.rights, name) is not None
        if is_stated and f"rights.{name}" not in shown:
            message = Message("no section shows '{name}', so readers do not see it", name=name)
            hint = Message("write {{{{ table: {kind} }}}} in a section, or remove the fact", kind="rights")
            yield Finding(context.locate_fact("rights", name), message, hint)


def _create_finding(context: PolicyCheckContext, kind: str, row_id: str, keys: list[str]) -> Finding:
    message = Message(
        "no section shows {keys} of '{id}', so readers do not see it",
        keys=", ".join(keys),
        id=row_id,
    )
    placeholder = f"{kind}.{row_id}.{'safeguard.kind' if keys[0] == 'safeguard' else keys[0]}"
    hint = Message(
        "write {{{{ table: {kind} }}}} or {{{{ {placeholder} }}}} in a section, or remove the fact",
        kind=kind,
        placeholder=placeholder,
    )
    return Finding(context.locate_row(kind, row_id, keys[0]), message, hint)


def is_fact_shown(path: str, shown: Collection[str]) -> bool:
    """Whether a fact, a part of it or the fact that it is part of is among those that the text shows."""
    return any(
        known == path or known.startswith(f"{path}.") or path.startswith(f"{known}.") for known in shown
    )


def _list_required_keys(row: Row) -> Iterator[str]:
    """Yield the keys of a row that readers must be able to see, if they are stated."""
    match row:
        case Purpose():
            keys = ["name", "legal_basis", "interest"]
        case Recipient():
            is_outside = row.country is not None and row.country not in EEA_COUNTRIES
            keys = ["name", "country", "safeguard"] if is_outside else ["name"]
        case Retention():
            keys = ["period", "criteria", "after"]
        case Source():
            # What readers give themselves, they know of.
            keys = ["name"] if row.kind == "other" else []
        case _:
            keys = ["name"]
    yield from (key for key in keys if getattr(row, key) is not None)

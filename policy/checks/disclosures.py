"""Checks for the information that GDPR Art. 13 and 14 require, in the facts first, then in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.messages import Message
from languages.loader import get_language
from policy.blocks import extract_words, iter_leaves
from policy.checks.context import PolicyCheckContext, find_phrase
from policy.document import Document
from policy.eea import EEA_COUNTRIES
from policy.findings import Finding, Location

_HEADING = re.compile("h[2-6]")
# By key of rights.yaml. Withdrawal of consent and complaint have rules of their own.
_MISSING_RIGHTS = {
    "access": Message("the right to access (Art. 15) is not stated"),
    "rectification": Message("the right to rectification (Art. 16) is not stated"),
    "erasure": Message("the right to erasure (Art. 17) is not stated"),
    "restriction": Message("the right to restriction (Art. 18) is not stated"),
    "objection": Message("the right to objection (Art. 21) is not stated"),
    "portability": Message("the right to portability (Art. 20) is not stated"),
}


def find_missing_controller_identity(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a controller without contact details, or not named in the text (Art. 13(1)(a), 14(1)(a))."""
    controller = context.policy.settings.controller
    if not any((controller.email, controller.phone, controller.address)):
        message = Message("the controller has no contact details")
        hint = Message("add 'email:', 'phone:' or 'address:' below controller in policy.yaml (Art. 13(1)(a))")
        yield Finding(context.locate_setting("controller"), message, hint)
    for locale, document in context.documents.items():
        words = " ".join(word for section in document.sections for word in extract_words(section.blocks))
        # The rendered words, because most texts name the controller by a placeholder.
        if controller.name.get_text(locale) not in words:
            place = (
                Location(context.policy.sections[locale][0].path) if context.policy.sections[locale] else None
            )
            message = Message("the text does not say who the controller is")
            hint = Message(
                "write {{{{ controller.name }}}} in the section that says who is responsible (Art. 13(1)(a))"
            )
            yield Finding(place or context.locate_setting("controller"), message, hint)


def find_missing_dpo_contact(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a data protection officer without contact details of their own (Art. 13(1)(b))."""
    dpo, controller = context.policy.settings.dpo, context.policy.settings.controller
    if dpo is None:
        return
    if not dpo.email and not dpo.phone:
        message = Message("the data protection officer has no contact details")
        hint = Message("add 'email:' or 'phone:' below dpo in policy.yaml (Art. 13(1)(b))")
        yield Finding(context.locate_setting("dpo"), message, hint)
    # The staff behind a general address would read what is meant for the officer.
    elif dpo.email and dpo.email == controller.email:
        message = Message("the data protection officer has the controller's general address")
        hint = Message(
            "give the officer an address of their own: what is sent there is confidential (Art. 38(5))"
        )
        yield Finding(context.locate_setting("dpo", "email"), message, hint)


def find_purposes_without_legal_basis(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find missing purposes, and purposes without a legal basis (Art. 13(1)(c))."""
    if not context.policy.facts.purposes:
        hint = Message(
            "write facts/purposes.yaml: a row for each purpose, with its legal_basis (Art. 13(1)(c))"
        )
        yield Finding(context.locate_fact("purposes"), Message("no purposes are stated"), hint)
    for purpose in context.policy.facts.purposes:
        if purpose.legal_basis is None:
            message = Message("the purpose '{id}' has no legal basis", id=purpose.id)
            hint = Message("add 'legal_basis: consent', contract, legal_obligation, … (Art. 13(1)(c))")
            yield Finding(context.locate_row("purposes", purpose.id), message, hint)


def find_missing_data_categories(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find missing categories of data if data come from someone other than the reader (Art. 14(1)(d))."""
    facts = context.policy.facts
    others = [source for source in facts.sources if source.kind == "other"]
    if others and not facts.categories:
        message = Message("data come from '{id}', but no categories of data are stated", id=others[0].id)
        hint = Message("write facts/categories.yaml: a row for each kind of data (Art. 14(1)(d))")
        yield Finding(context.locate_row("sources", others[0].id), message, hint)


def find_unnamed_legitimate_interests(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find purposes based on a legitimate interest that is not named (Art. 13(1)(d))."""
    for purpose in context.policy.facts.purposes:
        if purpose.legal_basis == "legitimate_interests" and purpose.interest is None:
            message = Message("the purpose '{id}' does not say which interest is legitimate", id=purpose.id)
            hint = Message(
                "add 'interest: {texts}'; say whose interest it is and what it is (Art. 13(1)(d))",
                texts=context.text_example,
            )
            yield Finding(context.locate_row("purposes", purpose.id, "legal_basis"), message, hint)


def find_missing_recipients(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find missing recipients or kinds of recipients (Art. 13(1)(e))."""
    if not context.policy.facts.recipients:
        hint = Message(
            "write facts/recipients.yaml: a row for each recipient or kind of recipient (Art. 13(1)(e))"
        )
        yield Finding(context.locate_fact("recipients"), Message("no recipients are stated"), hint)


def find_transfers_without_safeguard(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find transfers outside the EEA without a safeguard or a copy of it (Art. 13(1)(f), 44–49)."""
    for recipient in context.policy.facts.recipients:
        if not recipient.country or recipient.country in EEA_COUNTRIES:
            continue
        place = context.locate_row("recipients", recipient.id, "country")
        if recipient.safeguard is None:
            message = Message(
                "'{id}' receives data outside the EEA, but no safeguard is stated", id=recipient.id
            )
            hint = Message(
                "add 'safeguard: {{kind: scc, text: …}}', or kind adequacy, bcr or other (Art. 13(1)(f))"
            )
            yield Finding(place, message, hint)
        # An adequacy decision is public; there is no copy to ask for.
        elif recipient.safeguard.kind != "adequacy" and recipient.safeguard.text is None:
            message = Message("the safeguard for '{id}' does not say how to get a copy", id=recipient.id)
            hint = Message("add a 'text:' to the safeguard that says where to get a copy (Art. 13(1)(f))")
            yield Finding(place, message, hint)


def find_purposes_without_retention(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find purposes without a storage period or the criteria for it (Art. 13(2)(a))."""
    rows = {row.id for row in context.policy.facts.retention}
    stated = {row.id for row in context.policy.facts.retention if row.period or row.criteria}
    for purpose in context.policy.facts.purposes:
        if purpose.retention not in stated:
            message = Message("the purpose '{id}' does not say how long data are kept", id=purpose.id)
            hint = Message(
                "add 'retention: ID' of a row in facts/retention.yaml with a period or criteria "
                "(Art. 13(2)(a))"
            )
            if purpose.retention in rows:
                hint = Message(
                    "add 'period:' or 'criteria:' to the row '{id}' of facts/retention.yaml (Art. 13(2)(a))",
                    id=purpose.retention,
                )
            yield Finding(context.locate_row("purposes", purpose.id, "retention"), message, hint)


def find_missing_rights(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find which of the six rights that every reader has are missing (Art. 13(2)(b))."""
    for key, message in _MISSING_RIGHTS.items():
        if getattr(context.policy.facts.rights, key) is None:
            hint = Message(
                "add '{key}: {texts}' to facts/rights.yaml: how a reader uses it",
                key=key,
                texts=context.text_example,
            )
            yield Finding(context.locate_fact("rights"), message, hint)


def find_missing_consent_withdrawal(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a consent without how to withdraw it (Art. 13(2)(c))."""
    consent = [row for row in context.policy.facts.purposes if row.legal_basis == "consent"]
    if consent and context.policy.facts.rights.withdraw_consent is None:
        message = Message("'{id}' is based on consent, but nothing says how to withdraw it", id=consent[0].id)
        hint = Message(
            "add 'withdraw_consent: {texts}' to facts/rights.yaml: how it is done (Art. 7(3))",
            texts=context.text_example,
        )
        yield Finding(context.locate_fact("rights"), message, hint)


def find_missing_complaint_right(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a missing supervisory authority or right to complain (Art. 13(2)(d))."""
    authority = context.policy.settings.authority
    if authority is None:
        message = Message("no supervisory authority is named")
        hint = Message("add 'authority: {{name: Datatilsynet, url: …}}' to policy.yaml (Art. 13(2)(d))")
        yield Finding(context.locate_setting(), message, hint)
    if context.policy.facts.rights.complaint is None and not _has_complaint_right(context):
        message = Message("the right to complain is not stated")
        hint = Message(
            "add 'complaint: {texts}' to facts/rights.yaml (Art. 13(2)(d))", texts=context.text_example
        )
        yield Finding(context.locate_fact("rights"), message, hint)


def _has_complaint_right(context: PolicyCheckContext) -> bool:
    """Whether a paragraph, with the heading above, is about complaints to the authority."""
    authority = context.policy.settings.authority
    for locale, document in context.documents.items():
        # In a language without a pattern, the text may say it for all we know.
        if get_language(locale).checks.phrases.complaint is None:
            return True
        name = authority.name.get_text(locale) if authority else ""
        for heading, words in _iter_paragraphs(document):
            is_named = (name and name in words) or find_phrase("authority", words, locale)
            if is_named and find_phrase("complaint", f"{heading}: {words}", locale):
                return True
    return False


def _iter_paragraphs(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the words of each leaf with those of the heading above."""
    for section in document.sections:
        heading = section.title
        for leaf in iter_leaves(section.blocks):
            words = " ".join(extract_words([leaf]))
            if _HEADING.fullmatch(leaf.tag):
                heading = words
            yield heading, words


def find_missing_obligation_statement(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a text that does not say whether giving data is obligatory (Art. 13(2)(e))."""
    message = Message("the text does not say whether people have to provide data")
    hint = Message(
        "say whether the law or a contract requires the data, and what happens if it is not provided "
        "(Art. 13(2)(e))"
    )
    yield from _find_languages_without(context, "obligation", message, hint)


def find_missing_data_sources(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find missing sources of data, and sources that may be public (Art. 14(2)(f))."""
    sources = context.policy.facts.sources
    if not sources:
        hint = Message(
            "write facts/sources.yaml; if readers provide all data themselves, one row of kind person "
            "(Art. 14(2)(f))"
        )
        yield Finding(context.locate_fact("sources"), Message("no sources of data are stated"), hint)
    for source in sources:
        if source.kind == "other" and source.public is None:
            message = Message("'{id}' does not say whether it is a public source", id=source.id)
            hint = Message("add 'public: true' or 'public: false' (Art. 14(2)(f))")
            yield Finding(context.locate_row("sources", source.id), message, hint)


def find_missing_automation_statement(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a text that does not say whether there are automated decisions (Art. 13(2)(f), 22)."""
    message = Message("the text does not say whether decisions are automated")
    hint = Message(
        "say that there are none, or which ones, how they are made and with what effect (Art. 13(2)(f))"
    )
    yield from _find_languages_without(context, "automation", message, hint)


def _find_languages_without(
    context: PolicyCheckContext, phrase: str, message: Message, hint: Message
) -> Iterator[Finding]:
    """Yield a finding for each language that has a pattern for the phrase and no passage that matches it."""
    for locale in context.policy.languages:
        if getattr(get_language(locale).checks.phrases, phrase) is None:
            continue
        sections = context.policy.sections[locale]
        passages = (passage for passage in context.passages if passage.locale == locale)
        if sections and not any(find_phrase(phrase, passage.text, locale) for passage in passages):
            yield Finding(Location(sections[0].path), message, hint)

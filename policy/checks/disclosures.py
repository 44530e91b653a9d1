"""What GDPR Art. 13 and 14 want told (law.md). Each rule reads the facts first, then the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policy.blocks import extract_words
from policy.findings import Finding, Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.checks.context import PolicyCheckContext

# The European Economic Area: the 27 of the Union, and Iceland, Liechtenstein, Norway.
_EEA = """
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO
"""
_OBLIGED = re.compile(
    r"frivillig|lovpålagt|påkrevd|(plikt\w*|må|trenger|behøver)\b.{0,40}\b(gi|oppgi|registrere)\b|"
    r"nødvendig for å (inngå|oppfylle|levere)|voluntary|obliged|statutory|mandatory|contractual requirement|"
    r"(have|required|need|needed) to (provide|give)",
    re.IGNORECASE,
)
_AUTOMATED = re.compile(
    r"automat\w* (individuelle |individual )?(avgjørelse|beslutning|decision)|profilering|profiling|"
    r"(avgjørelse|beslutning|decision)\w*\b.{0,60}\bautomat",
    re.IGNORECASE,
)
_RIGHTS = {
    "access": "access (Art. 15)",
    "rectification": "rectification (Art. 16)",
    "erasure": "erasure (Art. 17)",
    "restriction": "restriction (Art. 18)",
    "objection": "objection (Art. 21)",
    "portability": "portability (Art. 20)",
}


def controller_identity(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(1)(a), 14(1)(a): who decides, and how to reach them, in the facts and in every language."""
    controller = subject.policy.settings.controller
    contacts = [say for say in (controller.email, controller.phone) if say]
    if not contacts and not controller.address:
        hint = "add 'email:', 'phone:' or 'address:' below controller in policy.yaml (Art. 13(1)(a))"
        yield Finding(subject.setting("controller"), "nobody can reach the controller", hint)
    for locale, text in subject.documents.items():
        words = " ".join(word for part in text.sections for word in extract_words(part.blocks))
        if controller.name.in_locale(locale) not in words:
            place = (
                Location(subject.policy.sections[locale][0].path) if subject.policy.sections[locale] else None
            )
            hint = "write {{ controller.name }} in the section that tells who is responsible (Art. 13(1)(a))"
            yield Finding(
                place or subject.setting("controller"), "the text does not say who the controller is", hint
            )


def dpo_contact(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(1)(b): a data protection officer can be reached, at an address of their own."""
    dpo, controller = subject.policy.settings.dpo, subject.policy.settings.controller
    if dpo is None:
        return
    if not dpo.email and not dpo.phone:
        hint = "add 'email:' or 'phone:' below dpo in policy.yaml (Art. 13(1)(b))"
        yield Finding(subject.setting("dpo"), "nobody can reach the data protection officer", hint)
    elif dpo.email and dpo.email == controller.email:
        hint = "give the officer an address of their own: what is sent there is confidential (Art. 38(5))"
        message = "the data protection officer has the controller's general address"
        yield Finding(subject.setting("dpo", "email"), message, hint)


def purpose_legal_basis(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(1)(c): each purpose and its legal basis."""
    if not subject.policy.facts.purposes:
        hint = "write facts/purposes.yaml: a row for each purpose, with its legal_basis (Art. 13(1)(c))"
        yield Finding(subject.fact("purposes"), "no purposes are stated", hint)
    for purpose in subject.policy.facts.purposes:
        if purpose.legal_basis is None:
            hint = "add 'legal_basis: consent', contract, legal_obligation, … (Art. 13(1)(c))"
            message = f"the purpose '{purpose.id}' has no legal basis"
            yield Finding(subject.row("purposes", purpose.id), message, hint)


def data_categories(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 14(1)(d): which data come from others than the reader."""
    facts = subject.policy.facts
    others = [source for source in facts.sources if source.kind == "other"]
    if others and not facts.categories:
        hint = "write facts/categories.yaml: a row for each kind of data (Art. 14(1)(d))"
        message = f"data come from '{others[0].id}', and no categories of data are stated"
        yield Finding(subject.row("sources", others[0].id), message, hint)


def legitimate_interest_named(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(1)(d): which interest, where that is the basis."""
    for purpose in subject.policy.facts.purposes:
        if purpose.legal_basis == "legitimate_interests" and purpose.interest is None:
            hint = "add 'interest: {nb: …, en: …}': whose interest, and in what (Art. 13(1)(d))"
            message = f"the purpose '{purpose.id}' does not say which interest is legitimate"
            yield Finding(subject.row("purposes", purpose.id, "legal_basis"), message, hint)


def recipients_named(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(1)(e): who gets the data, or which kinds of recipients."""
    if not subject.policy.facts.recipients:
        hint = "write facts/recipients.yaml: a row for each recipient or kind of recipient (Art. 13(1)(e))"
        yield Finding(subject.fact("recipients"), "no recipients are stated", hint)


def transfer_safeguard(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(1)(f), 44–49: what protects data outside the EEA, and how to get a copy of it."""
    for recipient in subject.policy.facts.recipients:
        if not recipient.country or recipient.country in _EEA.split():
            continue
        place = subject.row("recipients", recipient.id, "country")
        if recipient.safeguard is None:
            hint = "add 'safeguard: {kind: scc, text: …}', or kind adequacy, bcr or other (Art. 13(1)(f))"
            message = f"'{recipient.id}' gets data outside the EEA, and no safeguard is stated"
            yield Finding(place, message, hint)
        elif recipient.safeguard.kind != "adequacy" and recipient.safeguard.text is None:
            hint = "add a 'text:' to the safeguard that says where to get a copy (Art. 13(1)(f))"
            message = f"the safeguard for '{recipient.id}' does not say how to get a copy"
            yield Finding(place, message, hint)


def retention_stated(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(2)(a): for each purpose a period, or the criteria for it."""
    kept = {row.id for row in subject.policy.facts.retention if row.period or row.criteria}
    for purpose in subject.policy.facts.purposes:
        if purpose.retention not in kept:
            hint = "add 'retention: ID' of a row in facts/retention.yaml with a period or criteria"
            message = f"the purpose '{purpose.id}' does not say for how long data are kept"
            yield Finding(
                subject.row("purposes", purpose.id, "retention"), message, f"{hint} (Art. 13(2)(a))"
            )


def rights_complete(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(2)(b): the six rights that everybody has."""
    for key, name in _RIGHTS.items():
        if getattr(subject.policy.facts.rights, key) is None:
            hint = f"add '{key}: {{nb: …, en: …}}' to facts/rights.yaml: how a reader uses it"
            yield Finding(subject.fact("rights"), f"the right to {name} is not stated", hint)


def withdraw_consent(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(2)(c): a consent can be taken back, wherever one is the basis."""
    consent = [row for row in subject.policy.facts.purposes if row.legal_basis == "consent"]
    if consent and subject.policy.facts.rights.withdraw_consent is None:
        hint = "add 'withdraw_consent: {nb: …, en: …}' to facts/rights.yaml: how it is done (Art. 7(3))"
        message = f"'{consent[0].id}' rests on consent, and nothing says how to withdraw it"
        yield Finding(subject.fact("rights"), message, hint)


def supervisory_complaint(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(2)(d): a reader may complain, and to whom."""
    authority = subject.policy.settings.authority
    if authority is None:
        hint = "add 'authority: {name: Datatilsynet, url: …}' to policy.yaml (Art. 13(2)(d))"
        yield Finding(subject.setting(), "no supervisory authority is named", hint)
    told = any(re.search(r"\b(klage|complain)", passage.text, re.IGNORECASE) for passage in subject.prose)
    if subject.policy.facts.rights.complaint is None and not told:
        hint = "add 'complaint: {nb: …, en: …}' to facts/rights.yaml (Art. 13(2)(d))"
        yield Finding(subject.fact("rights"), "the right to complain is not stated", hint)


def obligation_to_provide(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(2)(e): whether one has to give data, and what happens otherwise."""
    hint = "say whether the law or a contract demands the data, and what happens without (Art. 13(2)(e))"
    yield from _untold(subject, _OBLIGED, "the text does not say whether people have to give data", hint)


def source_of_data(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 14(2)(f): where data come from, and whether from public sources."""
    sources = subject.policy.facts.sources
    if not sources:
        hint = "write facts/sources.yaml; where readers give all data themselves, one row of kind person"
        yield Finding(subject.fact("sources"), "no sources of data are stated", f"{hint} (Art. 14(2)(f))")
    for source in sources:
        if source.kind == "other" and source.public is None:
            hint = "add 'public: true' or 'public: false' (Art. 14(2)(f))"
            message = f"'{source.id}' does not say whether it is a public source"
            yield Finding(subject.row("sources", source.id), message, hint)


def automated_decisions(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Art. 13(2)(f), 22: such decisions, or that there are none."""
    hint = "say that none are made by automated means alone, or which, how and with what effect"
    message = "the text does not say whether decisions are automated"
    yield from _untold(subject, _AUTOMATED, message, f"{hint} (Art. 13(2)(f))")


def _untold(
    subject: PolicyCheckContext, wanted: re.Pattern[str], message: str, hint: str
) -> Iterator[Finding]:
    """Find the languages in which no passage matches."""
    for locale in subject.policy.languages:
        own = subject.policy.sections[locale]
        told = (passage for passage in subject.passages if passage.locale == locale)
        if own and not any(wanted.search(passage.text) for passage in told):
            yield Finding(Location(own[0].path), message, hint)

"""The questions that only the controller can answer, as a sheet to print: `check --questions`.

They are the rows of `questions.yaml`, and one for each fact that the law asks for and the files lack. Nothing
is proposed as an answer: a choice lists all that the law knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.messages import Message
from policy.checks.context import PolicyCheckContext
from policy.checks.disclosures import find_missing_automation_statement, find_missing_obligation_statement
from policy.eea import EEA_COUNTRIES
from policy.fact_models import Purpose, Retention
from policy.fields import Locale
from policy.loader import load_policy
from policy.localization import format_term
from policy.models import Policy
from policy.sources import read_content_files

_LEGAL_BASES = (
    "consent",
    "contract",
    "legal_obligation",
    "vital_interests",
    "public_task",
    "legitimate_interests",
)


@dataclass(frozen=True)
class SheetQuestion:
    """A question, what helps to answer it, the answers to choose from, and where the answer goes.

    Without choices there are lines to write on.
    """

    text: str | Message
    help: str | Message = ""
    choices: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class QuestionSheet:
    """The open questions of a policy, whose policy it is, and the language that facts are named in."""

    controller: str
    locale: Locale
    questions: tuple[SheetQuestion, ...]


def read_question_sheet(source: Path, language: Locale | None = None) -> QuestionSheet:
    """Return the open questions of the policy in `source`/content, committed or not.

    Raise InputError or ContentError if it cannot be read.
    """
    files = read_content_files(source)
    return list_questions(PolicyCheckContext(load_policy(files), files), language)


def list_questions(context: PolicyCheckContext, language: Locale | None = None) -> QuestionSheet:
    """Return every open question of a policy; facts are named in `language`, or the first of the policy."""
    policy = context.policy
    locale = language if language and language in policy.languages else policy.languages[0]
    questions = (
        *_iter_written_questions(policy),
        *_iter_purpose_questions(context, locale),
        *_iter_retention_questions(context, locale),
        *_iter_recipient_questions(context, locale),
        *_iter_other_questions(context, locale),
    )
    return QuestionSheet(policy.settings.controller.name.get_text(locale), locale, questions)


def _iter_written_questions(policy: Policy) -> Iterator[SheetQuestion]:
    """Yield the rows of questions.yaml."""
    for row in policy.questions:
        place = f"content/{row.file}" if row.file else "content/questions.yaml"
        yield SheetQuestion(row.question, row.help or "", place=place)


def _iter_purpose_questions(context: PolicyCheckContext, locale: Locale) -> Iterator[SheetQuestion]:
    """Yield the questions about purposes: their legal basis, and the interest that some rest on."""
    for purpose in context.policy.facts.purposes:
        name = purpose.name.get_text(locale)
        if purpose.legal_basis is None:
            yield SheetQuestion(
                Message("On which legal basis do you use data for this: {name}?", name=name),
                Message(
                    "Choose one. Consent is right only if people are free to say no; write down the interest "
                    "if you choose a legitimate one (GDPR Art. 6(1), 13(1)(c))."
                ),
                tuple(f"{format_term(f'legal_basis.{code}', locale)} ({code})" for code in _LEGAL_BASES),
                _locate(context, "purposes", purpose, "legal_basis"),
            )
        elif purpose.legal_basis == "legitimate_interests" and purpose.interest is None:
            yield SheetQuestion(
                Message("Which interest do you have in this: {name}?", name=name),
                Message("Say whose interest it is, too (GDPR Art. 13(1)(d))."),
                place=_locate(context, "purposes", purpose, "interest"),
            )


def _iter_retention_questions(context: PolicyCheckContext, locale: Locale) -> Iterator[SheetQuestion]:
    """Yield the questions about how long data is kept."""
    facts = context.policy.facts
    for row in facts.retention:
        if row.period is None and row.criteria is None:
            yield SheetQuestion(
                Message("How long do you keep this: {name}?", name=row.what.get_text(locale)),
                Message(
                    "A period, such as two years, and what it is counted from; or what decides it. "
                    "'As long as necessary' is no answer (GDPR Art. 13(2)(a))."
                ),
                place=_locate(context, "retention", row, "period"),
            )
    known = {row.id for row in facts.retention}
    for purpose in facts.purposes:
        if purpose.retention not in known:
            yield SheetQuestion(
                Message(
                    "How long do you keep the data for this: {name}?", name=purpose.name.get_text(locale)
                ),
                Message("A period, or what decides it (GDPR Art. 13(2)(a))."),
                place=_locate(context, "purposes", purpose, "retention"),
            )


def _iter_recipient_questions(context: PolicyCheckContext, locale: Locale) -> Iterator[SheetQuestion]:
    """Yield the questions about recipients: who they are, where, and what protects data there."""
    recipients = context.policy.facts.recipients
    if not recipients:
        yield SheetQuestion(
            Message("Who gets personal data from you, or handles it for you?"),
            Message(
                "Think of the web host, the e-mail service, the accountant, newsletters and payments "
                "(GDPR Art. 13(1)(e))."
            ),
            place="content/facts/recipients.yaml",
        )
    for row in recipients:
        name, place = row.name.get_text(locale), f"content/facts/recipients.yaml, {row.id}"
        if row.country is None:
            yield SheetQuestion(
                Message("In which countries are they: {name}?", name=name),
                Message(
                    "Outside the EEA, say also what protects the data there and how to get a copy of it "
                    "(GDPR Art. 13(1)(f))."
                ),
                place=f"{place}, country",
            )
        elif row.country not in EEA_COUNTRIES and (
            row.safeguard is None or (row.safeguard.kind != "adequacy" and row.safeguard.text is None)
        ):
            yield SheetQuestion(
                Message("What protects data that goes outside the EEA, to {name}?", name=name),
                Message("Say also how people get a copy of it (GDPR Art. 13(1)(f), 46)."),
                tuple(
                    f"{format_term(f'kind.{code}', locale)} ({code})"
                    for code in ("adequacy", "scc", "bcr", "other")
                ),
                f"{place}, safeguard",
            )


def _iter_other_questions(context: PolicyCheckContext, locale: Locale) -> Iterator[SheetQuestion]:
    """Yield the questions about sources, the officer, and what only a text can say."""
    settings, facts = context.policy.settings, context.policy.facts
    if not facts.sources:
        yield SheetQuestion(
            Message("Where do you get personal data from, other than from people themselves?"),
            Message("Write 'nowhere' if there is no other source (GDPR Art. 14(2)(f))."),
            place="content/facts/sources.yaml",
        )
    for row in facts.sources:
        if row.kind == "other" and row.public is None:
            yield SheetQuestion(
                Message("Can anybody look things up in this source: {name}?", name=row.name.get_text(locale)),
                Message("A public register is one (GDPR Art. 14(2)(f))."),
                tuple(f"{format_term(f'public.{code}', locale)} ({code})" for code in ("true", "false")),
                f"content/facts/sources.yaml, {row.id}, public",
            )
    dpo = settings.dpo
    if dpo and (dpo.email is None or dpo.email == settings.controller.email) and not dpo.phone:
        yield SheetQuestion(
            Message("Which address of their own does the data protection officer have?"),
            Message("What is sent to an officer is confidential (GDPR Art. 38(5))."),
            place="content/policy.yaml, dpo",
        )
    if next(find_missing_obligation_statement(context), None):
        yield SheetQuestion(
            Message("Does a law or a contract oblige anybody to give you data?"),
            Message("Say also what happens if they do not (GDPR Art. 13(2)(e))."),
            place=f"content/{locale}/",
        )
    if next(find_missing_automation_statement(context), None):
        yield SheetQuestion(
            Message("Are decisions about people made by a program alone, or are profiles of people made?"),
            Message("Say also how they are made, and what they mean for people (GDPR Art. 13(2)(f), 22)."),
            place=f"content/{locale}/",
        )


def _locate(context: PolicyCheckContext, kind: str, row: Purpose | Retention, key: str) -> str:
    """Return where an answer goes: the file with the line of the row, its id and the key."""
    location = context.locate_row(kind, row.id)
    return f"{location.path}:{location.line}, {row.id}, {key}"

"""What is done with personal data, as rows of facts: the models of `content/facts/`, one class a file.

Said once, for all languages; a placeholder or a table in the text puts them into a reader's words.
"""

from __future__ import annotations

from typing import Literal

from policy.fields import Country, Id, Model, Period, PeriodOrWords, Truth, Words


class Row(Model):
    """What every row of a fact file shares."""

    id: Id


class Purpose(Row):
    """Why data is used, and on what legal basis (GDPR Art. 13(1)(c), (d)); formål."""

    name: Words
    legal_basis: (
        Literal[
            "consent",
            "contract",
            "legal_obligation",
            "vital_interests",
            "public_task",
            "legitimate_interests",
        ]
        | None
    ) = None
    interest: Words | None = None
    data: tuple[Id, ...] = ()
    audience: tuple[Id, ...] = ()
    retention: Id | None = None


class Category(Row):
    """A kind of personal data (GDPR Art. 14(1)(d))."""

    name: Words


class Retention(Row):
    """How long something is kept (GDPR Art. 13(2)(a)); lagringstid."""

    what: Words
    data: tuple[Id, ...] = ()
    period: Period | None = None
    criteria: Words | None = None
    after: Words | None = None


class Safeguard(Model):
    """What protects data that leaves the EEA (GDPR Art. 13(1)(f), 46)."""

    kind: Literal["adequacy", "scc", "bcr", "other"]
    text: Words | None = None


class Recipient(Row):
    """Who gets data (GDPR Art. 13(1)(e)); mottaker."""

    name: Words
    role: Literal["processor", "controller", "joint"] | None = None
    country: Country | None = None
    safeguard: Safeguard | None = None


class Cookie(Row):
    """What is kept on the reader's device (ekomloven § 3-15); informasjonskapsel."""

    name: Words
    provider: Words | None = None
    purpose: Words | None = None
    period: PeriodOrWords | None = None


class Source(Row):
    """Where data comes from (GDPR Art. 14(2)(f))."""

    name: Words
    kind: Literal["person", "other"]
    public: Truth | None = None


class Audience(Row):
    """A group of people that a purpose or a change concerns."""

    name: Words


class Rights(Model):
    """Each right and how a reader uses it (GDPR Art. 13(2)(b)–(d), 15–22)."""

    access: Words | None = None
    rectification: Words | None = None
    erasure: Words | None = None
    restriction: Words | None = None
    objection: Words | None = None
    portability: Words | None = None
    withdraw_consent: Words | None = None
    complaint: Words | None = None


class Facts(Model):
    """What is done with personal data, once, for all languages: one field a file of `facts/`."""

    purposes: tuple[Purpose, ...] = ()
    categories: tuple[Category, ...] = ()
    retention: tuple[Retention, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    rights: Rights = Rights()
    sources: tuple[Source, ...] = ()
    audiences: tuple[Audience, ...] = ()

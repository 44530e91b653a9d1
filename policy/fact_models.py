"""The facts of a policy: models of the rows of `content/facts/*.yaml`, one class for each file.

A fact is stated once for all languages. Texts show it through a placeholder or a table, in the language of
the reader (docs/reference/content.md).
"""

from __future__ import annotations

from typing import Literal

from policy.fields import (
    BooleanField,
    CountryCodeField,
    DurationField,
    DurationOrTextField,
    IdField,
    LocalizedLineField,
    LocalizedTextField,
    Model,
)


class Row(Model):
    """A row of a fact file. Other rows and placeholders refer to it by its id."""

    id: IdField


class Purpose(Row):
    """Why data are used, and on what legal basis (GDPR Art. 13(1)(c), (d)); formål."""

    name: LocalizedLineField
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
    interest: LocalizedTextField | None = None
    data: tuple[IdField, ...] = ()
    audience: tuple[IdField, ...] = ()
    retention: IdField | None = None


class Category(Row):
    """A kind of personal data (GDPR Art. 14(1)(d))."""

    name: LocalizedLineField


class Retention(Row):
    """How long data are stored (GDPR Art. 13(2)(a)); lagringstid."""

    what: LocalizedTextField
    data: tuple[IdField, ...] = ()
    period: DurationField | None = None
    criteria: LocalizedTextField | None = None
    after: LocalizedTextField | None = None


class Safeguard(Model):
    """What protects data transferred outside the EEA (GDPR Art. 13(1)(f), 46)."""

    kind: Literal["adequacy", "scc", "bcr", "other"]
    text: LocalizedTextField | None = None


class Recipient(Row):
    """Who receives data (GDPR Art. 13(1)(e)); mottaker."""

    name: LocalizedLineField
    role: Literal["processor", "controller", "joint"] | None = None
    country: CountryCodeField | None = None
    safeguard: Safeguard | None = None


class Cookie(Row):
    """What is stored on the reader's device (ekomloven § 3-15); informasjonskapsel."""

    name: LocalizedLineField
    provider: LocalizedLineField | None = None
    purpose: LocalizedTextField | None = None
    period: DurationOrTextField | None = None


class Source(Row):
    """Where data come from (GDPR Art. 14(2)(f))."""

    name: LocalizedLineField
    kind: Literal["person", "other"]
    public: BooleanField | None = None


class Audience(Row):
    """A group of people that a purpose or a change concerns."""

    name: LocalizedLineField


class Rights(Model):
    """The rights of the reader, and how to exercise each (GDPR Art. 13(2)(b)–(d), 15–22)."""

    access: LocalizedTextField | None = None
    rectification: LocalizedTextField | None = None
    erasure: LocalizedTextField | None = None
    restriction: LocalizedTextField | None = None
    objection: LocalizedTextField | None = None
    portability: LocalizedTextField | None = None
    withdraw_consent: LocalizedTextField | None = None
    complaint: LocalizedTextField | None = None


class Facts(Model):
    """All facts of a policy; each field holds the rows of one file of `content/facts/`."""

    purposes: tuple[Purpose, ...] = ()
    categories: tuple[Category, ...] = ()
    retention: tuple[Retention, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    rights: Rights = Rights()
    sources: tuple[Source, ...] = ()
    audiences: tuple[Audience, ...] = ()

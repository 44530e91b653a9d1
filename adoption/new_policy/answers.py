"""The answers that a new policy is made from: the model, the questions, and the file that may hold them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from adoption.new_policy.clauses import list_clause_languages
from common.input_files import read_input_file
from common.messages import Message
from languages.loader import SOURCE_LANGUAGE
from policy.fields import LOCALES, BaseAddressField, EmailField, LineField, LocaleCode, Model, UrlField
from policy.findings import ContentError, Finding, Location
from policy.models import SupervisoryAuthority
from policy.validation_messages import explain_validation_errors
from policy.yaml_reader import YamlData, parse_yaml

_MAX_BYTES = 64 << 10
_FOLDER = Path(__file__).resolve().parent / "clause_texts"
# In English and Norwegian, and as a boolean is written.
_YES, _NO = re.compile("yes|ja|true", re.IGNORECASE), re.compile("no|nei|false", re.IGNORECASE)


def _parse_yes_or_no(value: object) -> object:
    text = str(value).strip()
    if _YES.fullmatch(text) or _NO.fullmatch(text):
        return _YES.fullmatch(text) is not None
    raise PydanticCustomError(
        "yes_or_no",
        "{message}; {hint}",
        {"message": Message("neither yes nor no"), "hint": Message("write one of them")},
    )


YesOrNoField = Annotated[bool, BeforeValidator(_parse_yes_or_no)]


def _refuse_unusable_languages(value: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a language that is listed twice, and one that the clause library does not have."""
    known = list_clause_languages()
    if missing := [code for code in value if code not in known]:
        message = Message("no policy can be made in '{code}' yet", code=missing[0])
        hint = Message("choose among {codes}, and translate the texts afterwards", codes=", ".join(known))
        raise PydanticCustomError("languages", "{message}; {hint}", {"message": message, "hint": hint})
    if len(set(value)) < len(value):
        raise PydanticCustomError(
            "languages",
            "{message}; {hint}",
            {"message": Message("a language is listed twice"), "hint": Message("remove one of them")},
        )
    return value


LanguagesField = Annotated[
    tuple[LocaleCode, ...], Field(min_length=1), AfterValidator(_refuse_unusable_languages)
]


class Answers(Model):
    """What an organisation answers. Each yes adds facts and texts, and questions that only it can answer."""

    name: LineField
    email: EmailField
    phone: LineField | None = None
    address: LineField | None = None
    website: UrlField
    # Where the policy is published; below the website if it is left out.
    base_url: BaseAddressField | None = None
    languages: LanguagesField
    officer_email: EmailField | None = None
    authority: SupervisoryAuthority | None = None
    members: YesOrNoField
    payment: YesOrNoField
    accounts: YesOrNoField
    newsletter: YesOrNoField
    events: YesOrNoField
    applicants: YesOrNoField
    health: YesOrNoField
    children: YesOrNoField
    statistics: YesOrNoField
    cookies: YesOrNoField
    recipients: YesOrNoField
    outside_eea: YesOrNoField
    other_sources: YesOrNoField
    automated: YesOrNoField
    required: YesOrNoField
    letters: YesOrNoField

    @property
    def flags(self) -> dict[str, bool]:
        """What the conditions of clauses name: each yes, and which contacts there are."""
        return {
            **{name: getattr(self, name) for name in YES_OR_NO_QUESTIONS},
            "phone": self.phone is not None,
            "postal": self.address is not None,
            "officer": self.officer_email is not None,
        }


# In the order in which they are asked.
TEXT_QUESTIONS = {
    "name": Message("What is the organisation called?"),
    "email": Message("To which e-mail address do people write about their data?"),
    "phone": Message("Telephone number (empty: none)"),
    "address": Message("Postal address, on one line (empty: none)"),
    "website": Message("Address of your website"),
    "languages": Message("Languages of the policy (nb, nn, en), the one that prevails first"),
    "base_url": Message("Address at which the policy will be published"),
    "officer_email": Message("E-mail address of your data protection officer (empty: you have none)"),
}
YES_OR_NO_QUESTIONS = {
    "members": Message("Do you have members?"),
    "payment": Message("Do people buy goods or services from you?"),
    "accounts": Message("Do people have an account that they log in to?"),
    "newsletter": Message("Do you send newsletters?"),
    "events": Message("Do people sign up for events or courses?"),
    "applicants": Message("Do people apply to you for jobs?"),
    "health": Message("Do you have data about anybody's health, such as allergies?"),
    "children": Message("Do you have data about children?"),
    "statistics": Message("Do you keep statistics about how your website is used?"),
    "cookies": Message("Does your website store cookies or similar on visitors' devices?"),
    "recipients": Message(
        "Does anybody outside get data from you or handle it for you (IT, accounting, partners)?"
    ),
    "outside_eea": Message(
        "Does any data go to countries outside the EEA, for example with an American supplier?"
    ),
    "other_sources": Message("Do you get data about people from others than themselves?"),
    "automated": Message("Does a program alone make decisions about people, or profiles of them?"),
    "required": Message("Does a law or a contract oblige anybody to give you data?"),
    "letters": Message("Will you e-mail people when something important in the policy changes?"),
}


def read_answers(path: Path) -> Answers:
    """Return the answers in a YAML file; raise InputError or ContentError if they cannot be used."""
    name = str(path)
    data = read_input_file(path, _MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        message, hint = Message("not valid UTF-8"), Message("save the file as UTF-8")
        raise ContentError([Finding(Location(name), message, hint)]) from None
    tree = parse_yaml(text, name)
    if tree.data is None:
        message, hint = Message("no keys found"), Message("begin with: build.py new --example-answers")
        raise ContentError([Finding(Location(name), message, hint)])
    try:
        return Answers.model_validate(tree.data, context={"languages": _list_languages(tree.data)})
    except ValidationError as error:
        raise ContentError(explain_validation_errors(error, Answers, tree)) from None


def _list_languages(data: YamlData) -> tuple[str, ...]:
    """Return the languages that a text of these answers has to be in, as far as they can be used."""
    listed = data.get("languages") if isinstance(data, dict) else None
    return tuple(code for code in listed if code in LOCALES) if isinstance(listed, list) else ()


def read_example_answers(language: str) -> str:
    """Return the commented example of a file of answers, in a language that has one, or else in English."""
    path = _FOLDER / language / "answers.yaml"
    return (path if path.is_file() else _FOLDER / SOURCE_LANGUAGE / "answers.yaml").read_text("utf-8")

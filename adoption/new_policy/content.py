"""Makes the content of a new policy from answers: settings, facts, sections and open questions.

Nothing is invented: a text says what follows from an answer, and what only the controller can answer is left
out and asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adoption.new_policy import clauses
from adoption.new_policy.answers import Answers
from adoption.new_policy.yaml_files import quote_text, write_yaml
from generator.urls import SiteUrls
from policy.checks import check_policy
from policy.checks.context import PolicyCheckContext
from policy.document import compute_section_fingerprint
from policy.fields import Locale
from policy.findings import ContentError, Severity
from policy.loader import load_policy
from policy.parsing import parse_section

_REFERENCE = re.compile(r"\[\[(\w+)\]\]")
_NUMBER = re.compile(r"\d+(?:e\d+)?")
_AUTHORITY = {"name": "Datatilsynet", "url": "https://www.datatilsynet.no"}


def create_content(answers: Answers, salt: str) -> dict[str, bytes]:
    """Return the files of a new policy by their path, `content/…`.

    Raise ContentError if the answers lead to a policy with errors, such as a name with template syntax in it.
    """
    flags = answers.flags
    files = {
        "content/policy.yaml": write_yaml(_create_settings(answers, salt)),
        **{
            f"content/facts/{kind}.yaml": write_yaml(_keep_languages(rows, answers.languages))
            for kind, rows in clauses.select_facts(flags).items()
            if rows
        },
        **_create_sections(answers),
    }
    if questions := list(_create_questions(answers)):
        files["content/questions.yaml"] = write_yaml(questions)
    content = {path: text.encode() for path, text in sorted(files.items())}
    _refuse_errors(content, answers)
    return content


def get_base_url(answers: Answers) -> str:
    """Return where the policy is published: what was answered, or the usual folder of the website."""
    folder = clauses.get_setting("folder")[answers.languages[0]]
    return answers.base_url or f"{answers.website.rstrip('/')}/{folder}/"


def _create_settings(answers: Answers, salt: str) -> dict[str, Any]:
    channels = ["help_centre", "email"] if answers.letters else ["help_centre"]
    controller = {
        "name": answers.name,
        "address": answers.address,
        "email": answers.email,
        "phone": answers.phone,
        "website": answers.website,
    }
    officer = _keep_languages(clauses.get_setting("officer"), answers.languages)
    authority = answers.authority
    named = {"name": _dump_text(authority.name), "url": authority.url} if authority else dict(_AUTHORITY)
    settings: dict[str, Any] = {
        "title": _keep_languages(clauses.get_setting("title"), answers.languages),
        "base_url": get_base_url(answers),
        "languages": list(answers.languages),
        "controller": {key: value for key, value in controller.items() if value},
        "dpo": {"name": officer, "email": answers.officer_email} if answers.officer_email else None,
        "authority": {key: value for key, value in named.items() if value},
        "mail": {"from": answers.email, "reply_to": answers.email} if answers.letters else None,
        "announce": {"minor": [], "major": channels, "special": channels},
        "salt": salt,
    }
    return {key: value for key, value in settings.items() if value}


def _dump_text(text: Any) -> str | dict[Locale, str]:
    return dict(text.by_locale) or str(text.common)


def _create_sections(answers: Answers) -> dict[str, str]:
    """Return the section files of every language; names and ids are those of the first one."""
    first = answers.languages[0]
    names = {clause.name: clause.id for clause in clauses.select_sections(first, answers.flags)}
    files: dict[str, str] = {}
    for locale in answers.languages:
        references = {**names, **_list_addresses(answers, locale)}
        for clause in clauses.select_sections(locale, answers.flags):
            stem = f"{clause.number}-{names[clause.name]}"
            body = _fill_references(clause.select_body(answers.flags), references)
            head = f"title: {quote_text(clause.title)}\n"
            if locale != first:
                original = f"content/{first}/{stem}.md"
                fingerprint = _confirm(original, files)
                is_number = _NUMBER.fullmatch(fingerprint)  # to other readers of YAML
                head += f"translates: '{fingerprint}'\n" if is_number else f"translates: {fingerprint}\n"
            files[f"content/{locale}/{stem}.md"] = f"---\n{head}---\n\n{body}"
    return files


def _fill_references(text: str, references: Mapping[str, str]) -> str:
    """Return a text with the ids of sections and the addresses of pages that it refers to."""
    return _REFERENCE.sub(lambda found: references[found[1]], text)


def _confirm(path: str, files: Mapping[str, str]) -> str:
    """Return the fingerprint of a section that a translation of the library belongs to."""
    section = parse_section(path, files[path].encode()).value
    assert section is not None
    return compute_section_fingerprint(section)


def _list_addresses(answers: Answers, locale: Locale) -> dict[str, str]:
    """Return the addresses of the pages that the texts link to."""
    urls, base = SiteUrls(answers.languages[0]), get_base_url(answers)
    return {
        "changelog": base + urls.changelog_path(locale),
        "help_centre": base + urls.help_centre_path(locale),
    }


def _create_questions(answers: Answers) -> Iterator[dict[str, str]]:
    """Yield the rows of questions.yaml, in the first language: they are for editors, not for readers."""
    locale = answers.languages[0]
    files = {
        clause.name: f"{locale}/{clause.number}-{clause.id}.md"
        for clause in clauses.select_sections(locale, answers.flags)
    }
    for row in clauses.select_questions(answers.flags):
        file = row["file"] if "file" in row else files[row["section"]]
        yield {"file": file, **{key: row[key][locale] for key in ("question", "help") if key in row}}


def _keep_languages(value: Any, languages: tuple[Locale, ...]) -> Any:
    """Return facts with their texts in the languages of a policy only, in its order."""
    match value:
        case list():
            return [_keep_languages(item, languages) for item in value]
        case dict() if languages[0] in value:
            return {locale: value[locale] for locale in languages}
        case dict():
            return {key: _keep_languages(item, languages) for key, item in value.items()}
    return value


def _refuse_errors(content: Mapping[str, bytes], answers: Answers) -> None:
    """Raise ContentError with the errors of a policy."""
    originals = _list_addresses(answers, answers.languages[0])
    pages = {
        address: originals[name]
        for locale in answers.languages
        for name, address in _list_addresses(answers, locale).items()
    }
    findings = check_policy(PolicyCheckContext(load_policy(content), content, pages))
    if errors := [finding for finding in findings if finding.severity is Severity.ERROR]:
        raise ContentError(errors)

"""The folder of evidence of one version: what was published and told of it, in files that `verify` accepts.

It depends on the history, the proof and the options alone: the same ones give the same bytes on every day.
It has no personal data but the name of who approved the version, if that is given.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from changelog.git_process import resolve_ref
from changelog.history import read_revisions
from changelog.replay import build_version_log
from changelog.versions import Version
from common.characters import escape_line
from common.errors import InputError
from common.machine_faults import describe_machine_fault
from generator.build import reject_unpublishable_log
from generator.change_messages import build_redline, compute_sections
from generator.context import SiteContext, create_site_context
from generator.evidence_proof import Proof, read_proof
from generator.evidence_readme import render_readme
from generator.json_api import describe_version, render_log_json, render_timestamps_json
from generator.letters import count_redactions, format_text
from generator.public_files import remove_path
from generator.site_files import render_version_files
from generator.stored_folders import create_new_folder, write_files
from generator.template_files import TemplateFiles
from policy.fields import Locale

_SCHEMA = 1
_MAX_NAME = 200  # characters


@dataclass(frozen=True, slots=True)
class EvidenceOptions:
    """Which version, of which history, and what else is known of it.

    `proof` is the file that the notification job wrote; `approved_by` a name or a role, or empty.
    """

    source: Path
    number: str
    out: Path
    templates: TemplateFiles
    ref: str = "HEAD"
    proof: Path | None = None
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file of the folder: its path and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of a version by language; `as_sent` is None if no proof says which were sent."""

    contents: Mapping[Locale, bytes]
    as_sent: bool | None


def write_evidence(options: EvidenceOptions) -> int:
    """Write the folder and return the number of its files.

    Raises InputError if the version, the proof or a name is wrong, or the folder exists and is not empty;
    nothing is written then.
    """
    _reject_name(options.approved_by)
    _reject_used_folder(options.out)
    site = _read_site(options)
    if options.number not in (numbers := [version.number for version in site.log.versions]):
        raise InputError(f"there is no version {options.number!r}; the newest is {numbers[-1]}")
    version = site.log.get_version(options.number)
    # Letters of the past have the words that were removed since.
    with_letters = not (version.redactions or count_redactions(site, version))
    proof = read_proof(options.proof, version, with_letters=with_letters) if options.proof else None
    files = sorted(_render_files(site, version, proof, options.approved_by), key=lambda file: file.path)
    sums = "".join(f"{hashlib.sha256(file.content).hexdigest()}  {file.path}\n" for file in files)
    _write_folder(options.out, [*files, EvidenceFile("SHA256SUMS", sums.encode())])
    return len(files) + 1


def _reject_name(name: str) -> None:
    """Raise InputError for a name that is no short line, or an address."""
    if len(name) > _MAX_NAME or "@" in name or escape_line(name) != name or name != name.strip():
        raise InputError(
            f"--approved-by: a name or a role in one line, at most {_MAX_NAME} characters, and no address"
        )


def _reject_used_folder(out: Path) -> None:
    if os.path.lexists(out) and (out.is_symlink() or not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: exists and is not an empty folder; choose another one with --out")


def _read_site(options: EvidenceOptions) -> SiteContext:
    """Return the site of the history, on the day of the newest entry of its log."""
    resolved = resolve_ref(options.source, options.ref)
    log = build_version_log(read_revisions(options.source, resolved.commit or options.ref))
    today = log.entries[-1].day
    reject_unpublishable_log(log, today)
    return create_site_context(log, today, options.templates)


def _render_files(
    site: SiteContext, version: Version, proof: Proof | None, approved_by: str
) -> Iterator[EvidenceFile]:
    rendered = {file.path: file.content for file in render_version_files(site, version)}
    letters = _choose_letters(version, rendered, proof)
    record = _describe(site, version, letters, proof, approved_by)
    pages = {locale: site.urls.version_path(locale, version.number) for locale in version.documents}
    yield EvidenceFile("evidence.json", (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode())
    yield EvidenceFile("README.txt", render_readme(record, pages).encode())
    yield EvidenceFile("site/api/log.json", render_log_json(site).encode())
    yield EvidenceFile("site/api/timestamps.json", render_timestamps_json(site).encode())
    yield from (EvidenceFile(f"site/{asset.path}", asset.content) for asset in site.assets.values())
    for path, content in rendered.items():
        folder, _, name = path.partition("/")
        if folder in pages:
            yield EvidenceFile(f"site/{pages[folder]}{name}", content)
    for locale in version.documents:
        if redline := _render_redline(site, version, locale):
            yield EvidenceFile(f"redline/{locale}.txt", redline.encode())
    for locale, content in letters.contents.items() if letters else ():
        yield EvidenceFile(f"letters/{locale}.eml", content)
    if proof:
        yield EvidenceFile("proof.json", proof.format().encode())


def _render_redline(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return what changed as text, with marks in words of the language; empty if there is no redline."""
    if site.find_redline_base(version, locale) is None:
        return ""
    opening, sections = build_redline(site, locale, compute_sections(site, version, locale))
    return format_text([*opening, *(block for section in sections for block in section.blocks)])


def _choose_letters(version: Version, rendered: Mapping[str, bytes], proof: Proof | None) -> _Letters | None:
    """Return the letters that were sent if they are known, else those that the history gives; None if none.

    The letters that were sent are beside the proof, or are those of the history still.
    """
    contents = {
        locale: rendered[path] for locale in version.documents if (path := f"letter/{locale}.eml") in rendered
    }
    if proof is None:
        return _Letters(contents, None) if contents else None
    hashes = {locale: hashlib.sha256(content).hexdigest() for locale, content in contents.items()}
    if hashes == proof.letter_hashes:
        return _Letters(contents, as_sent=True)
    return _Letters(proof.letters or contents, as_sent=bool(proof.letters))


def _describe(
    site: SiteContext, version: Version, letters: _Letters | None, proof: Proof | None, approved_by: str
) -> dict[str, Any]:
    """Return what evidence.json has (docs/evidence.md)."""
    hashes = [entry.hash for entry in site.log.entries]
    return {
        "schema": _SCHEMA,
        "base_url": site.base_url,
        "version": describe_version(site, version),
        "minimum_level_reasons": [str(reason) for reason in _list_reasons(version)],
        "lead_days": version.lead_days,
        "affects": list(version.affects),
        "entry_number": hashes.index(version.entry_hash) + 1,
        "log": {"entries": len(hashes), "day": str(site.log.entries[-1].day), "head": hashes[-1]},
        "letters": letters
        and {
            "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in letters.contents.items()},
            "as_sent": letters.as_sent,
        },
        "has_proof": proof is not None,
        "approval": {"by": approved_by, "kind": "statement"} if approved_by else None,
    }


def _list_reasons(version: Version) -> Iterable[object]:
    return version.assessment.reasons if version.assessment else ()


def _write_folder(out: Path, files: Iterable[EvidenceFile]) -> None:
    """Write a folder under another name, and give it its own once it is complete."""
    new = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        new = create_new_folder(out.parent)
        write_files(new, files)
        new.rename(out)
    except BaseException as error:
        if new:
            remove_path(new)
        if isinstance(error, OSError) and not describe_machine_fault(error):
            reason = error.strerror
            raise InputError(f"{out}: cannot be written ({reason}); choose another --out") from None
        raise

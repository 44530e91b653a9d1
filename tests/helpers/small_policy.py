"""A small policy in a repository of its own, built with build.py, and announcements for it."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from languages.loader import get_language
from tests.helpers.cli import run_build_py, run_command

_SECTION = {"nb": ("Om oss", "Vi lagrer navnet ditt."), "en": ("About us", "We keep your name.")}


def run_git(folder: Path, *words: str) -> None:
    """Run git with the date on which the small policy is published."""
    day = "2026-01-05T12:00:00Z"
    run_command(folder, "git", *words, GIT_AUTHOR_DATE=day, GIT_COMMITTER_DATE=day)


def build_small_site(folder: Path, base_url: str, website: str, origins: Sequence[str] = ()) -> Path:
    """Build a policy of one section for `website`, published at `base_url`; return the folder of the site.

    Pages of `origins` may read its notices, too.
    """
    source = folder / "source"
    for locale, (title, text) in _SECTION.items():
        (source / "content" / locale).mkdir(parents=True)
        (source / "content" / locale / "01-om.md").write_text(f"---\ntitle: {title}\n---\n\n{text}\n")
    (source / "content" / "policy.yaml").write_text(
        f"title: {{nb: Personvernerklæring, en: Privacy policy}}\nbase_url: {base_url}\nlanguages: [nb, en]\n"
        f"controller: {{name: Prøve AS, website: '{website}'}}\n"
        f"allowed_origins: {json.dumps(list(origins))}\n"
    )
    run_git(source, "init", "-q")
    run_git(source, "add", ".")
    run_git(source, "commit", "-qm", "Publish")
    done = run_build_py("build", "--source", source, "--out", folder / "out", "--today", "2026-02-01")
    assert done.returncode == 0, done.stderr
    return folder / "out" / "site"


def make_entry(version: str) -> str:
    """Return what stands for the hash of a version's entry in the log."""
    return hashlib.sha256(version.encode()).hexdigest()


def make_line(text: str, item: str | None = None, depth: int = 0) -> dict[str, object]:
    """Return a paragraph, or an item of a list, of a notice."""
    return {"text": text, "item": item, "depth": depth}


def make_announcement(
    base_url: str, version: str, channels: tuple[str, ...] = ("login",), codes: Sequence[str] = ("nb", "en")
):
    """Return one row of api/announcements.json in these languages (docs/reference/output.md)."""
    texts = {
        "nb": {
            "title": f"Versjon {version} av personvernerklæringen",
            "summary": "Vi bruker en ny leverandør.",
            "action": "Du kan protestere før den dagen.",
            "effective_line": "Gjelder fra 1. mars 2099.",
            "url": f"{base_url}hjelpesenter/{version}/",
            "since_url": f"{base_url}endringslogg/siden/1.0/",
        },
        "nn": {
            "title": f"Versjon {version} av personvernerklæringa",
            "effective_line": "Gjeld frå 1. mars 2099.",
            "summary": "Vi bruker ein ny leverandør.",
            "action": "Du kan protestere før den dagen.",
            "url": f"{base_url}nn/hjelpesenter/{version}/",
            "since_url": f"{base_url}nn/endringslogg/sidan/1.0/",
        },
        "en": {
            "title": f"Version {version} of the privacy policy",
            "summary": "We use a new provider.",
            "action": "You may object before that day.",
            "effective_line": "Applies from 1 March 2099.",
            "url": f"{base_url}en/help-centre/{version}/",
            "since_url": f"{base_url}en/changelog/since/1.0/",
        },
    }
    for words in texts.values():
        for name in ("summary", "action"):
            words[f"{name}_lines"] = [make_line(words[name])]
        words |= {"facts": [], "unchanged": [], "changes_url": None, "announcement_url": None}
    return {
        "version": version,
        "entry": make_entry(version),
        "level": "special" if "alert" in channels else "major",
        "channels": ["help_centre", *channels],
        "published": "2026-01-05",
        "effective": "2099-03-01",
        "until": "2099-06-01",
        "languages": {code: texts[code] for code in codes},
    }


def describe_languages(base_url: str, codes: Sequence[str] = ("nb", "en")) -> list[dict[str, object]]:
    """Return the languages of api/announcements.json for a site whose first language is at the root."""
    words = {code: get_language(code).words for code in codes}
    return [
        {
            "code": code,
            "readers": words[code].readers,
            "home": base_url if code == codes[0] else f"{base_url}{code}/",
            "labels": words[code].notice.model_dump(exclude={"effective"}),
        }
        for code in codes
    ]


def announcements_json(base_url: str, *rows: object, codes: Sequence[str] = ("nb", "en")) -> str:
    """Return the text of api/announcements.json with these rows, on a site with these languages."""
    languages = describe_languages(base_url, codes)
    return json.dumps({"schema": 2, "languages": languages, "announcements": rows}, ensure_ascii=False)

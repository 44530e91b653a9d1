"""A small policy in a repository of its own, built through the front door, and announcements for it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.helpers.command import HOUSE, run

_SECTION = {"nb": ("Om oss", "Vi lagrer navnet ditt."), "en": ("About us", "We keep your name.")}


def git(folder: Path, *words: str) -> None:
    """Run git on the day that the policy is published."""
    day = "2026-01-05T12:00:00Z"
    run(folder, "git", *words, GIT_AUTHOR_DATE=day, GIT_COMMITTER_DATE=day)


def front_door(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run build.py."""
    return subprocess.run(
        [sys.executable, str(HOUSE / "build.py"), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


def small_site(folder: Path, base_url: str, website: str) -> Path:
    """Build a policy of one section for `website`, to stand at `base_url`; give the folder of the site."""
    source = folder / "source"
    for locale, (title, text) in _SECTION.items():
        (source / "content" / locale).mkdir(parents=True)
        (source / "content" / locale / "01-om.md").write_text(f"---\ntitle: {title}\n---\n\n{text}\n")
    (source / "content" / "policy.yaml").write_text(
        f"title: {{nb: Personvernerklæring, en: Privacy policy}}\nbase_url: {base_url}\nlanguages: [nb, en]\n"
        f"controller: {{name: Prøve AS, website: '{website}'}}\n"
    )
    git(source, "init", "-q")
    git(source, "add", ".")
    git(source, "commit", "-qm", "Publish")
    done = front_door("build", "--source", source, "--out", folder / "out", "--today", "2026-02-01")
    assert done.returncode == 0, done.stderr
    return folder / "out" / "site"


def announcement(base_url: str, version: str, channels: tuple[str, ...] = ("login",)):
    """Make one row of api/announcements.json as contract §5 has it."""
    return {
        "version": version,
        "level": "special" if "alert" in channels else "major",
        "channels": ["help_centre", *channels],
        "published": "2026-01-05",
        "effective": "2099-03-01",
        "until": "2099-06-01",
        "languages": {
            "nb": {
                "title": f"Versjon {version} av personvernerklæringen",
                "summary": "Vi bruker en ny leverandør.",
                "action": "Du kan protestere før den dagen.",
                "url": f"{base_url}hjelpesenter/{version}/",
                "since_url": f"{base_url}endringslogg/siden/1.0/",
            },
            "en": {
                "title": f"Version {version} of the privacy policy",
                "summary": "We use a new provider.",
                "action": "You may object before that day.",
                "url": f"{base_url}en/help-centre/{version}/",
                "since_url": f"{base_url}en/changelog/since/1.0/",
            },
        },
    }


def announcements(*rows: object) -> str:
    """Make the text of api/announcements.json."""
    return json.dumps({"schema": 1, "announcements": rows}, ensure_ascii=False)

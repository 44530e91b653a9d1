"""The files that pages load: style sheet, scripts and pictures, each under an address with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

STYLESHEET = "style.css"


class Asset(NamedTuple):
    """An asset: its path in the site and its text."""

    path: str
    text: str


def load_assets(templates: Path) -> Mapping[str, Asset]:
    """Return today's assets by name. With a digest in its path, an asset may be cached for ever."""
    texts = {STYLESHEET: load_stylesheet(templates)}
    folder = templates / "assets"
    if folder.is_dir():
        texts.update((path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir()))
    return {name: Asset(_build_path(name, text), text) for name, text in texts.items()}


def load_stylesheet(templates: Path) -> str:
    """Return the style sheet: the files of `styles/` in the order of their numbers."""
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((templates / "styles").glob("*.css"))
    )


def _build_path(name: str, text: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"assets/{stem}.{hashlib.sha256(text.encode()).hexdigest()[:12]}.{suffix}"

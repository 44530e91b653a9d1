"""The files that pages load: style sheet, script and pictures, each under an address with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from generator.template_files import TemplateFiles

STYLESHEET = "style.css"
SCRIPT = "site.js"
ICON = "icon.svg"


class Asset(NamedTuple):
    """An asset: its path in the site and its content."""

    path: str
    content: bytes


def load_assets(
    templates: TemplateFiles, style_parts: Mapping[str, str], pictures: Mapping[str, bytes]
) -> Mapping[str, Asset]:
    """Return today's assets by name. With a digest in its path, an asset may be cached for ever.

    `style_parts` are added to those of the templates, `pictures` to their assets.
    """
    contents = {STYLESHEET: _shorten_style_sheet(load_stylesheet(templates, style_parts)).encode()}
    contents |= {name.rpartition("/")[2]: templates.read(name) for name in templates.list_names("assets")}
    contents |= pictures
    return {name: Asset(_build_path(name, content), content) for name, content in contents.items()}


def load_stylesheet(templates: TemplateFiles, added_parts: Mapping[str, str] | None = None) -> str:
    """Return the style sheet: its parts in the order of the numbers that their names begin with."""
    names = templates.list_names("styles")
    parts = {name.rpartition("/")[2]: templates.read_text(name) for name in names}
    return "\n".join(text for _, text in sorted({**parts, **(added_parts or {})}.items()))


def _shorten_style_sheet(text: str) -> str:
    """Return a style sheet without comments, indentation and empty lines: a quarter of what is sent.

    No string of it may have the signs of a comment.
    """
    start, *others = text.split("/*")
    lines = "".join([start, *(other.partition("*/")[2] for other in others)]).splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if line.strip())


def _build_path(name: str, content: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"assets/{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"

"""The admin page: a Git-based CMS over the same files, for those who would rather fill in forms. Optional.

Its page and its forms stand in `admin/`. Its script comes from npm, in the version of package-lock.json; the
page refuses any other by its hash. `python -m editing.admin FOLDER` lays it all out for another host.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).resolve().parents[1]
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json"}
# The editor lends this page a folder: what it reads there goes nowhere but back.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " font-src 'self'; img-src 'self' blob: data:; connect-src 'self' blob: data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_OWN = ("index.html", "page.css", "config.json", "backend.json")
_FROM_NPM = {
    "sveltia-cms.js": "@sveltia/cms/dist/sveltia-cms.js",
    "icons.woff2": "@fontsource-variable/material-symbols-outlined/files/"
    "material-symbols-outlined-latin-wght-normal.woff2",
}


def list_admin_files(house: Path = PROJECT) -> Mapping[str, Path]:
    """Give every file of the page by its name; nothing where the packages of npm are not installed."""
    own = {name: house / "admin" / name for name in _OWN}
    brought = {name: house / "node_modules" / path for name, path in _FROM_NPM.items()}
    return own | brought if all(path.is_file() for path in brought.values()) else {}


def copy_admin_page(folder: Path) -> None:
    """Copy the page into a folder; InputError where the packages of npm are not installed."""
    found = list_admin_files()
    if not found:
        raise InputError("the admin page's script is not installed; run: npm ci")
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in found.items():
        shutil.copyfile(path, folder / name)


if __name__ == "__main__":
    try:
        copy_admin_page(Path(sys.argv[1]))
    except InputError as error:
        sys.exit(str(error))

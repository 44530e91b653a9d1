"""The admin page: a Git-based CMS over the same files, for editors who prefer forms. It is optional.

Its page and configuration are in `admin/`. Its script comes from npm in the version of package-lock.json; the
page accepts no other, by its integrity hash. `python -m editing.admin FOLDER` copies it all for another host.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from common.errors import InputError

PROJECT = Path(__file__).resolve().parents[1]
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json"}
# An editor gives this page access to a folder on disk: it must not be able to send anything elsewhere.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " font-src 'self'; img-src 'self' blob: data:; connect-src 'self' blob: data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_PAGE_FILES = ("index.html", "page.css", "config.json", "backend.json")
_NPM_FILES = {
    "sveltia-cms.js": "@sveltia/cms/dist/sveltia-cms.js",
    "icons.woff2": "@fontsource-variable/material-symbols-outlined/files/"
    "material-symbols-outlined-latin-wght-normal.woff2",
}


def list_admin_files(project: Path = PROJECT) -> Mapping[str, Path]:
    """Return every file of the page by its name; none if the npm packages are not installed."""
    page = {name: project / "admin" / name for name in _PAGE_FILES}
    installed = {name: project / "node_modules" / path for name, path in _NPM_FILES.items()}
    return page | installed if all(path.is_file() for path in installed.values()) else {}


def copy_admin_page(folder: Path) -> None:
    """Copy the page into a folder; raise InputError if the npm packages are not installed."""
    files = list_admin_files()
    if not files:
        raise InputError("the admin page's script is not installed; run: npm ci")
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in files.items():
        shutil.copyfile(path, folder / name)


if __name__ == "__main__":
    try:
        copy_admin_page(Path(sys.argv[1]))
    except InputError as error:
        sys.exit(str(error))

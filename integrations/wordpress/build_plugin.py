"""Pack the WordPress plugin into a zip file that WordPress installs: `make plugin`.

The same files give the same bytes, so that a zip file can be compared with the repository it was built from.
"""

from __future__ import annotations

import stat
import sys
import zipfile
from pathlib import Path

PLUGIN = Path(__file__).parent / "klartekst-policy-notice"
# The first day that a zip file can name: no file is newer for having been checked out later.
_DAY = (1980, 1, 1, 0, 0, 0)


def pack_plugin(target: Path) -> None:
    """Write the zip file: one folder with the plugin's name, every file readable by everybody."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(PLUGIN.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(PLUGIN.parent).as_posix(), _DAY)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (stat.S_IFREG | 0o644) << 16
                archive.writestr(entry, path.read_bytes())


def main() -> None:
    """Write the file that the command line names, and print its path."""
    target = Path(sys.argv[1])
    pack_plugin(target)
    print(target)


if __name__ == "__main__":
    main()

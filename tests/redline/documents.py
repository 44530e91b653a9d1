"""The redline of two policies without building a site: what `diff --format html` shows of two commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from build import main as build_py
from policy.blocks import NO_LABELS, render_html
from policy.document import Document, render_document
from policy.loader import load_policy
from tests.helpers.cli import run_command
from tests.redline.page_judgements import Pages
from tests.redline.redline_html import RedlineHtml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.redline.policies import Policy


class PolicyRepository:
    """A repository to which every pair of policies is added as a branch of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        run_command(folder, "git", "init", "--quiet")

    def compare(self, old: dict[str, str], new: dict[str, str], output_format: str, code: str = "en") -> str:
        """Return what `diff` prints of two policies, given as the texts of files below content/."""
        self._count += 1
        branch = f"pair-{self._count}"
        stream = "".join(_write_commit(branch, number, files) for number, files in enumerate((old, new)))
        (self.folder / "stream").write_text(stream, encoding="utf-8")
        run_command(self.folder, "sh", "-c", "git fast-import --quiet <stream")
        options = ["--source", str(self.folder), "--lang", code, "--format", output_format]
        arguments = ["diff", *options, f"{branch}~1", branch]
        return CliRunner().invoke(build_py, arguments, catch_exceptions=False).output

    def compare_policies(self, old: Policy, new: Policy) -> Pages:
        """Return the redline of two policies, and both documents, as pages."""
        html = self.compare(old.write_files(), new.write_files(), "html", new.code)
        return Pages(RedlineHtml(html, "redline"), _read_document(old), _read_document(new), html)


def _write_commit(branch: str, number: int, files: dict[str, str]) -> str:
    """Return commands for `git fast-import`."""
    head = (
        f"commit refs/heads/{branch}\ncommitter E <e@example.no> {1767600000 + number} +0000\ndata 4\nEdit\n"
    )
    return (
        head
        + "deleteall\n" * bool(number)
        + "".join(
            f"M 100644 inline content/{path}\ndata {len(text.encode())}\n{text}\n"
            for path, text in files.items()
        )
    )


def _read_document(policy: Policy) -> RedlineHtml:
    document = render_policy(policy)
    return RedlineHtml(
        "".join(
            f'<section id="{section.id}"><h2>{section.title}</h2>'
            f"{render_html(section.blocks, NO_LABELS)}</section>"
            for section in document.sections
        )
    )


def render_policy(policy: Policy) -> Document:
    """Return the document that readers see of a policy."""
    files = {f"content/{path}": text.encode() for path, text in policy.write_files().items()}
    return render_document(load_policy(files), policy.code)

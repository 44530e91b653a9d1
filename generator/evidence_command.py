"""The command `evidence`, imported only when it is used."""

from __future__ import annotations

from pathlib import Path

import click

from common.cli import print_lines
from common.cli_options import PATH, SOURCE_OPTION, TEMPLATES_OPTION
from generator.build_options import open_templates


@click.command()
@click.argument("version", metavar="VERSION")
@click.option(
    "--out", metavar="DIR", type=PATH, required=True, help="The folder, which must be new or empty."
)
@SOURCE_OPTION
@click.option(
    "--ref", default="HEAD", show_default=True, help="Commit whose first-parent history is published."
)
@click.option(
    "--proof", metavar="FILE", type=PATH, help="The proof.json of the version, as notify proof wrote it."
)
@click.option(
    "--approved-by",
    metavar="NAME",
    default="",
    envvar="KLARTEKST_APPROVED_BY",
    help="Who approved the version, a name or a role: a statement of yours, which nothing proves.",
)
@TEMPLATES_OPTION
def evidence(  # noqa: PLR0913 - one for each option
    version: str,
    *,
    out: Path,
    source: Path,
    ref: str,
    proof: Path | None,
    approved_by: str,
    own_templates: Path | None,
) -> None:
    """Write a folder of evidence of VERSION, such as 2.0, for an authority or an auditor.

    It has the texts, the note, the redline and the letters of the version, the whole log, and what the proof
    counts. README.txt in it says what each file proves and what not. build.py verify accepts the folder.
    """
    from generator.evidence import EvidenceOptions, write_evidence

    templates = open_templates(own_templates)
    count = write_evidence(EvidenceOptions(source, version, out, templates, ref, proof, approved_by))
    print_lines(f"evidence  {out}: {count} files on version {version}")

"""The benchmarks of everyday work: twenty versions, this repository, an editor's loop, a fresh clone."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench import fresh_clone, saved_preview
from bench.rows import Benchmark, TableRow, compare_in_turn
from bench.timing import Command, Measurement, measure_ratios, run
from bench.workspace import EVERYDAY_VERSIONS, PROJECT, Workspace

_PACKAGES = "jinja2, yaml, babel, markdown_it, git"
_ROUNDS = 7

# Run a command as `python build.py …` does, and print the names of the modules that it imported.
_LIST_MODULES = """
import runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, {project!r})
before = set(sys.modules)
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit:
    pass
import json
print(json.dumps([name for name in sys.modules if name not in before]))
"""

_IMPORT_MODULES = """
import sys
from importlib import import_module
sys.path.insert(0, {project!r})
for name in {names!r}.split():
    try:
        import_module(name)
    except ImportError:
        pass
"""


def list_everyday_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    """Return the benchmarks of everyday work, in the order of the table."""
    packages = Command((sys.executable, "-c", f"import {_PACKAGES}"))
    peer = (f"`import {_PACKAGES}`", 2.5, packages)
    return (
        compare_in_turn(
            "everyday",
            f"build of {EVERYDAY_VERSIONS} versions, clean",
            workspace.everyday_build_command(),
            [peer],
            _ROUNDS,
            workspace.prepare_everyday_history,
        ),
        compare_in_turn(
            "everyday-own",
            "build of this repository, clean",
            workspace.own_build_command(),
            [peer],
            _ROUNDS,
            workspace.prepare_own_clone,
        ),
        *_editor_benchmarks(workspace),
        _preview_benchmark(workspace),
        _fresh_clone_benchmark(workspace),
    )


def _editor_benchmarks(workspace: Workspace) -> Iterator[Benchmark]:
    """Yield the benchmarks of commands that editors run, against the imports that they need."""
    clone = workspace.own_clone
    edit = _edit_command(clone)
    for work, goal, options, prepare in (
        ("`check` on this repository", 1.5, ("check",), ()),
        ("`diff` of a new paragraph, this repository", None, ("diff",), edit),
        ("`note` for a new paragraph, this repository", None, ("note", "--level", "minor"), edit),
    ):
        line = (sys.executable, str(PROJECT / "build.py"), *options, "--source", str(clone))
        ours = Command(line, prepare)
        row = TableRow(work, "the imports that it needs", goal)
        measure = partial(_compare_with_imports, ours)
        yield Benchmark(options[0], (row,), measure, (ours,), workspace.prepare_own_clone)


def _edit_command(clone: Path) -> tuple[str, ...]:
    """Return the command that leaves one new paragraph in the first section of a clone, not committed."""
    edit = (
        "git reset --quiet --hard && git clean --quiet --force content && "
        "for section in content/nb/*.md; do printf '\\nEt nytt avsnitt.\\n' >> \"$section\"; break; done"
    )
    return "sh", "-c", f"cd {shlex.quote(str(clone))} && {edit}"


def _compare_with_imports(ours: Command) -> Sequence[Measurement]:
    """Compare a command with a process that imports the same modules, in the same order, and does nothing."""
    program, *arguments = ours.line
    if ours.prepare:
        run(ours.prepare)
    script = _LIST_MODULES.format(project=str(PROJECT))
    names = json.loads(run([program, "-c", script, *arguments]).splitlines()[-1])
    peer = Command((program, "-c", _IMPORT_MODULES.format(project=str(PROJECT), names=" ".join(names))))
    return measure_ratios(ours, [peer], _ROUNDS)


def _preview_benchmark(workspace: Workspace) -> Benchmark:
    build = workspace.own_build_command()
    row = TableRow("saved → preview shown, this repository", "its clean build", 0.2)
    measure = partial(saved_preview.compare_with_build, workspace.own_clone, build)
    return Benchmark("preview", (row,), measure, (), workspace.prepare_own_clone)


def _fresh_clone_benchmark(workspace: Workspace) -> Benchmark:
    folder = workspace.folder / "fresh-clone"
    rows = (
        TableRow("fresh clone → site: installed", "–", 159, " MB"),
        TableRow("fresh clone → site: time", "–", None, " s"),
    )
    measure = partial(fresh_clone.measure_fresh_clone, folder)
    return Benchmark("fresh-clone", rows, measure, (fresh_clone.site_command(folder),))

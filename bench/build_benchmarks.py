"""The benchmarks of builds: nothing changed, one version more, clean, and what a clean build takes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial

from bench import peers, same_pages
from bench.fresh_clone import measure_bytes
from bench.rows import Benchmark, Peer, TableRow, compare_in_turn
from bench.timing import (
    Command,
    Figure,
    Measurement,
    clean_environment,
    measure_usage_and_memory,
    run,
)
from bench.workspace import Workspace


def list_build_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    """Return the benchmarks of builds, in the order of the table."""
    return (
        _unchanged_benchmark(workspace),
        _one_more_benchmark(workspace),
        _same_pages_benchmark(workspace),
        _clean_benchmark(workspace),
        _resources_benchmark(workspace),
        _large_benchmark(workspace),
        _large_resources_benchmark(workspace),
    )


def _describe_clean_build(workspace: Workspace) -> str:
    return f"build of {workspace.versions:,} versions, clean"


def _describe_large_build(workspace: Workspace) -> str:
    return f"build of {workspace.versions:,} long versions, clean"


def _unchanged_benchmark(workspace: Workspace) -> Benchmark:
    ours = workspace.build_command("kept-whole")
    others: list[Peer] = [("Hugo, the current site", 1, peers.hugo_command(workspace.current_site))]
    return compare_in_turn("unchanged", "build, nothing changed", ours, others, 10, workspace.prepare)


def _one_more_benchmark(workspace: Workspace) -> Benchmark:
    archive = workspace.archive_site
    work = f"build of one version more at {workspace.versions:,}"
    others: list[Peer] = [
        ("the clean build", 0.15, workspace.clean_build_command()),
        ("Hugo, with the archive", 0.25, peers.hugo_command(archive, *peers.add_version_command(archive))),
        (f"the same at {workspace.versions // 4:,}", 2.5, workspace.incremental_build_command("quarter")),
    ]
    ours = workspace.incremental_build_command()
    return compare_in_turn("one-more", work, ours, others, 3, workspace.prepare)


def _same_pages_benchmark(workspace: Workspace) -> Benchmark:
    row = TableRow(_describe_clean_build(workspace), "the same pages: Hugo, htmldiff, `git log`", 0.1)
    ours = workspace.clean_build_command()
    theirs = same_pages.same_pages_command(workspace.archive_site, workspace.repository, "whole")
    measure = partial(same_pages.measure_against_same_pages, ours, theirs)
    return Benchmark("same-pages", (row,), measure, (ours, theirs), workspace.prepare)


def _clean_benchmark(workspace: Workspace) -> Benchmark:
    archive = workspace.archive_site
    hugo = peers.hugo_command(archive, *peers.clean_command(archive, "hugo"))
    eleventy = peers.eleventy_command(archive, *peers.clean_command(archive, "eleventy"))
    others: list[Peer] = [
        ("Hugo, with the archive", 1, hugo),
        ("Eleventy, with the archive", None, eleventy),
        ("a quarter of the versions", 4, workspace.clean_build_command("quarter")),
    ]
    ours, work = workspace.clean_build_command(), _describe_clean_build(workspace)
    return compare_in_turn("clean", work, ours, others, 3, workspace.prepare)


def _resources_benchmark(workspace: Workspace) -> Benchmark:
    work, ours = _describe_clean_build(workspace), workspace.clean_build_command()
    rows = (
        TableRow(f"{work}: most memory of a process", "–", 200, " MiB"),
        TableRow(f"{work}: written per version", "–", 574, " kB"),
        TableRow(f"{work}: git processes", "–", 10, ""),
    )
    measure = partial(_measure_resources, workspace, ours, "clean-whole")
    return Benchmark("resources", rows, measure, (ours,), workspace.prepare)


def _large_benchmark(workspace: Workspace) -> Benchmark:
    archive = workspace.large_archive_site
    hugo = peers.hugo_command(archive, *peers.clean_command(archive, "hugo"))
    others: list[Peer] = [("Hugo, with the archive", 1, hugo)]
    ours, work = workspace.large_build_command(), _describe_large_build(workspace)
    return compare_in_turn("large", work, ours, others, 2, workspace.prepare_large_history)


def _large_resources_benchmark(workspace: Workspace) -> Benchmark:
    work, ours = _describe_large_build(workspace), workspace.large_build_command()
    rows = (
        TableRow(f"{work}: most memory of a process", "–", 200, " MiB"),
        TableRow(f"{work}: written per version", "–", None, " kB"),
    )

    def measure() -> Sequence[Measurement]:
        memory, size, _ = _measure_resources(workspace, ours, "clean-large")
        return [memory, size]

    return Benchmark("large-resources", rows, measure, (ours,), workspace.prepare_large_history)


def _measure_resources(workspace: Workspace, build: Command, out: str) -> list[Measurement]:
    """Return the memory of a build in MiB, what it wrote in kB per version, and the number of Git processes.

    A `git` on the PATH logs each call.
    """
    folder = workspace.folder / "counting"
    calls = folder / "calls"
    folder.mkdir(exist_ok=True)
    (folder / "git").write_text(f'#!/bin/sh\necho >>{calls}\nexec {shutil.which("git")} "$@"\n')
    (folder / "git").chmod(0o755)
    calls.write_text("")
    run(build.prepare)
    path = f"{folder}:{clean_environment()['PATH']}"
    _, memory = measure_usage_and_memory(Command(("env", f"PATH={path}", *build.line)))
    written = measure_bytes(workspace.output_folder(out) / "site", follow_links=True)
    return [
        (Figure(memory),),
        (Figure(written / 1000 / workspace.versions),),
        (Figure(len(calls.read_text(encoding="utf-8").splitlines())),),
    ]

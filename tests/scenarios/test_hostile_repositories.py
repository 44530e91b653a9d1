"""Whatever a repository, a user or a hook configures: none of it is run, and the site is the same."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.helpers.cli import BuildCommand, create_history, hash_files

if TYPE_CHECKING:
    from pathlib import Path

build = BuildCommand().build

CONFIG_WITH_PROGRAMS = """
[core]
  fsmonitor = {program}
  hooksPath = {hooks}
  pager = {program}
  editor = {program}
  sshCommand = {program}
  gitProxy = {program}
  alternateRefsCommand = {program}
  askPass = {program}
  attributesFile = {attributes}
[diff]
  external = {program}
[diff "evil"]
  textconv = {program}
  command = {program}
[filter "evil"]
  clean = {program}
  smudge = {program}
  process = {program}
[pager]
  log = {program}
  rev-parse = {program}
  cat-file = {program}
[gpg]
  program = {program}
[log]
  showSignature = true
[credential]
  helper = !{program}
[alias]
  log = !{program}
  cat-file = !{program}
[uploadpack]
  packObjectsHook = {program}
"""
CONFIG_WITH_OTHER_OUTPUT = """
[log]
  showRoot = false
  follow = true
  decorate = full
  date = relative
  diffMerges = combined
  mailmap = true
  abbrevCommit = true
  excludeDecoration = refs/*
[diff]
  orderFile = order
  renames = copies
  noprefix = true
  mnemonicPrefix = true
  relative = true
  ignoreSubmodules = all
  submodule = log
  context = 0
  wsErrorHighlight = all
  colorMoved = zebra
  algorithm = patience
  indentHeuristic = false
  suppressBlankEmpty = true
[format]
  pretty = fuller
  notes = true
[color]
  ui = always
  diff = always
[core]
  quotePath = true
  abbrev = 4
  precomposeUnicode = true
  ignoreCase = true
  autocrlf = true
  eol = crlf
  bigFileThreshold = 1
  commentChar = c
  useReplaceRefs = true
[i18n]
  logOutputEncoding = UTF-16
  commitEncoding = UTF-16
[status]
  relativePaths = false
[advice]
  graftFileDeprecated = true
[grep]
  lineNumber = true
[notes]
  displayRef = refs/notes/*
"""


def create_tripwire(tmp_path: Path) -> Path:
    """Create a program that records that it was run, and hooks and attributes that would run it."""
    program = tmp_path / "proof"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >>"{tmp_path}/was-run"\ncat 2>/dev/null\n')
    program.chmod(0o755)
    (tmp_path / "hooks").mkdir()
    hooks = ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc")
    for hook in hooks:
        (tmp_path / "hooks" / hook).symlink_to(program)
    (tmp_path / "attributes").write_text("* diff=evil filter=evil text working-tree-encoding=UTF-16\n")
    return program


def create_hostile_config(tmp_path: Path) -> str:
    places = {
        "program": create_tripwire(tmp_path),
        "hooks": tmp_path / "hooks",
        "attributes": tmp_path / "attributes",
    }
    return CONFIG_WITH_PROGRAMS.format(**places)


def test_no_program_in_the_configuration_of_a_repository_is_run(sample_history, sample_out, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    (tmp_path / "more").write_text(create_hostile_config(tmp_path))
    with (source / ".git" / "config").open("a") as config:
        config.write(f"[include]\n  path = {tmp_path / 'more'}\n")
    shutil.copy(tmp_path / "attributes", source / ".git" / "info" / "attributes")
    shutil.copy(tmp_path / "attributes", source / ".gitattributes")
    shutil.copytree(tmp_path / "hooks", source / ".git" / "hooks", symlinks=True, dirs_exist_ok=True)
    assert build(source, tmp_path / "out").err == ()
    assert build(source, tmp_path / "draft", "--draft").err == ()
    assert not (tmp_path / "was-run").exists()
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_no_setting_of_a_repository_changes_the_answer(sample_history, sample_out, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    (source / "order").write_text("*.md\ncontent/policy.yaml\n")
    with (source / ".git" / "config").open("a") as config:
        config.write(CONFIG_WITH_OTHER_OUTPUT)
    assert build(source, tmp_path / "out").err == ()
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_no_setting_of_a_user_changes_the_answer(sample_history, sample_out, tmp_path):
    (tmp_path / ".gitconfig").write_text(create_hostile_config(tmp_path) + CONFIG_WITH_OTHER_OUTPUT)
    (tmp_path / "git").mkdir()
    (tmp_path / "git" / "config").write_text(CONFIG_WITH_OTHER_OUTPUT)
    shutil.copy(tmp_path / "attributes", tmp_path / "git" / "attributes")
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    assert build(sample_history, tmp_path / "out", **home).err == ()
    assert not (tmp_path / "was-run").exists()
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_the_environment_of_a_hook_changes_nothing(sample_history, sample_out, tmp_path):
    other = create_history(tmp_path / "other", "start 2020-01-01 nb")
    program = create_tripwire(tmp_path)
    env = {
        "GIT_DIR": f"{other}/.git", "GIT_WORK_TREE": str(other), "GIT_INDEX_FILE": "/nowhere",
        "GIT_OBJECT_DIRECTORY": f"{other}/.git/objects", "GIT_COMMON_DIR": f"{other}/.git",
        "GIT_EXTERNAL_DIFF": str(program), "GIT_PAGER": str(program), "GIT_ASKPASS": str(program),
        "GIT_CONFIG_GLOBAL": "/nowhere", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(program), "GIT_CONFIG_PARAMETERS": f"'diff.external'='{program}'",
        "GIT_NAMESPACE": "other", "GIT_PREFIX": "sub/", "GIT_SHALLOW_FILE": "/nowhere",
        "GIT_GLOB_PATHSPECS": "1", "GIT_TRACE": "2",
        "GIT_REPLACE_REF_BASE": "refs/heads/", "GIT_CEILING_DIRECTORIES": str(sample_history),
        "PAGER": str(program),
    }  # fmt: skip
    assert build(sample_history, tmp_path / "out", **env).code == 0
    assert not (tmp_path / "was-run").exists()
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")

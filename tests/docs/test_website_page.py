"""Every block of code of the webmaster's page is run by a test, and its commands do what the page says."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from policy.loader import load_policy
from tests.helpers.cli import BuildCommand, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.factories import POLICY_YAML, policy_files
from tests.helpers.quoted_code import DOCS, read_quoted_code

if TYPE_CHECKING:
    from pathlib import Path

_BUILD = BuildCommand()


def run_quoted_command(name: str, folder: Path, *options: object) -> None:
    """Run a block of commands of the page in a folder; `options` are added to those of build.py."""
    for line in read_quoted_code("website.md", name).splitlines():
        words = shlex.split(line)
        if words[:2] != ["python", "build.py"]:
            run_command(folder, *words)
            continue
        done = _BUILD(*words[2:], *options, cwd=folder)
        assert done.code == 0, done.err


def test_every_block_is_quoted_by_a_test():
    page = (DOCS / "website.md").read_text("utf-8")
    blocks = re.findall(r"^(.*)\n```(\w*)\n(?:.*\n)*?```$", page, re.MULTILINE)
    names = [re.fullmatch(r"<!-- (\S+) -->", line) for line, _ in blocks]
    assert len(blocks) > 10
    assert [block for block, name in zip(blocks, names, strict=True) if not name] == []
    tests = "".join(path.read_text("utf-8") for path in (REPOSITORY / "tests").rglob("test_*.py"))
    tests += (REPOSITORY / "tests" / "servers" / "conftest.py").read_text("utf-8")
    assert [name[1] for name in names if name and f'"{name[1]}"' not in tests] == []


def test_the_command_with_templates_of_your_own_builds_with_them(sample_history, tmp_path):
    (tmp_path / "my-templates").mkdir()
    (tmp_path / "my-templates" / "base.html.j2").write_text(read_quoted_code("website.md", "base.html.j2"))
    run_quoted_command("templates.sh", tmp_path, "--source", sample_history)
    assert "Informasjonskapsler" in (tmp_path / "out" / "site" / "index.html").read_text("utf-8")


def test_the_allowed_origins_of_the_page_are_accepted():
    text = POLICY_YAML + read_quoted_code("website.md", "allowed-origins.yaml")
    policy = load_policy(policy_files({"policy.yaml": text}))
    assert policy.settings.allowed_origins == ("https://medlem.dinbedrift.no", "https://www.dinbedrift.se")

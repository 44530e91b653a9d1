"""The commands of docs/publishing.md, run in their order against a real sshd and a real web server."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.deployment.ssh_server import run_ssh_server
from tests.helpers.cli import create_history
from tests.helpers.environment import REPOSITORY, neutral_environment
from tests.helpers.quoted_code import read_quoted_code


@pytest.fixture
def shell(deployment, tmp_path):
    """Run a block of the page, with the test's server and folder in place of those of the page."""
    source = create_history(tmp_path / "source", "start 2026-01-05")
    settings = source / "content" / "policy.yaml"
    text = settings.read_text().replace("https://example.no/personvern/", deployment.url)
    # The configuration of the running server names the origin of the website of the short history.
    settings.write_text(text.replace("controller: {", "controller: {website: 'https://example.no', "))
    create_history(source, "commit 2026-01-06")
    (tmp_path / "sshd").mkdir()
    with run_ssh_server(tmp_path / "sshd") as server:
        program = server.commands / "build.py"
        program.write_text(
            "#!/bin/sh\ncommand=$1\nshift\n"
            f'[ $command = smoke ] || set -- --source {source} "$@"\n'
            f'exec {sys.executable} {REPOSITORY / "build.py"} $command "$@"\n'
        )
        program.chmod(0o755)

        def run(name: str, *, first: bool = True) -> str:
            code = read_quoted_code("publishing.md", name)
            code = code if first else code.splitlines()[1]
            code = code.replace(
                "ssh://deploy@www.example.no/srv/www/policy", server.address(deployment.target)
            )
            code = code.replace("https://www.example.no/personvern/", deployment.url)
            done = subprocess.run(
                ["sh", "-euc", code],
                cwd=tmp_path,
                env=neutral_environment(PATH=f"{server.commands}:/usr/bin:/bin"),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        yield run, source


@pytest.mark.long
def test_the_commands_of_the_page(shell):
    run, source = shell
    assert "generation 1 is live already" in run("deploy.sh")
    assert run("smoke.sh").count("answers are right") == 2
    create_history(source, "words nb/01-kontakt Ring.\nwords en/01-kontakt Call.\ncommit 2026-01-07")
    assert "generation 2" in run("deploy.sh", first=False)
    assert "generation 1 instead of generation 2" in run("rollback.sh")

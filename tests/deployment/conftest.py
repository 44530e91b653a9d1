"""A policy that is deployed again and again, to a folder behind a real web server."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from common.cli import CommandGroup
from deployment.commands import deploy, smoke
from tests.deployment.web_servers import serve_site
from tests.helpers.cli import CommandResult, create_history
from tests.helpers.in_process import build
from tests.helpers.web_servers import make_public_folder

_PROGRAM = CommandGroup(commands={"deploy": deploy, "smoke": smoke})


def run(*arguments: object) -> CommandResult:
    """Run `deploy` or `smoke` in this process, as build.py does."""
    done = CliRunner().invoke(_PROGRAM, list(map(str, arguments)), catch_exceptions=False)
    return CommandResult(done.exit_code, done.stdout, tuple(done.stderr.splitlines()))


@dataclass
class Deployment:
    """A target, the address that its site has, and the command that deploys to it."""

    source: Path
    out: Path
    target: Path
    url: str
    name: str = ""  # of the target on the command line, if it is not the folder itself

    def deploy(self, *options: object, today: str = "2026-06-01") -> CommandResult:
        """Run `deploy` on a day."""
        places = ("--source", self.source, "--out", self.out, "--url", self.url, "--jobs", 1)
        return run("deploy", self.name or self.target, *places, "--today", today, *options)

    def deploy_first(self) -> None:
        """Publish the site for the first time."""
        done = self.deploy("--published", "none")
        assert (done.code, done.err) == (0, ()), done

    def smoke(self, *options: object) -> CommandResult:
        """Run `smoke` on the live site."""
        return run("smoke", self.url, "--out", self.out, *options)

    def list_generations(self) -> list[str]:
        """Return the names of the generations on the target."""
        return sorted(path.name for path in (self.target / "generations").iterdir())

    @property
    def current(self) -> str:
        """The name of the live generation."""
        return (self.target / "current").readlink().name


@pytest.fixture(scope="session")
def short_history(tmp_path_factory) -> Path:
    """A version in force and an announced one that follows it on the first of July."""
    return create_history(
        tmp_path_factory.mktemp("short_history") / "source",
        "start 2026-01-05\nwords nb/01-kontakt Ring.\nwords en/01-kontakt Call.\n"
        "note ring major 2026-07-01\ncommit 2026-04-01",
    )


@pytest.fixture(scope="session")
def address(short_history, tmp_path_factory):
    """The address of an nginx that serves a target, and the folder that each test makes this target."""
    out = tmp_path_factory.mktemp("built") / "out"
    build(short_history, out)
    with (
        make_public_folder() as folder,
        serve_site("nginx", folder / "target/site", folder, out / "site") as url,
    ):
        yield url, folder / "target"


@pytest.fixture
def deployment(address, short_history, tmp_path) -> Deployment:
    """A target that does not exist yet, and a short history."""
    url, target = address
    shutil.rmtree(target, ignore_errors=True)
    return Deployment(short_history, tmp_path / "out", target, url)


@pytest.fixture
def own_history(deployment, tmp_path) -> Deployment:
    """The same with a history of its own, which the test may continue."""
    deployment.source = create_history(
        tmp_path / "source",
        "start 2026-01-05\nwords nb/01-kontakt Ring.\nwords en/01-kontakt Call.\n"
        "note ring minor\ncommit 2026-02-02",
    )
    return deployment

"""docs/ci.md followed from nothing to a published policy, block by block, with a real web server and a real sshd."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.deployment.ssh_server import run_ssh_server
from tests.deployment.web_servers import serve_site
from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import GIT_ENVIRONMENT, REPOSITORY, neutral_environment
from tests.helpers.github import GitHub
from tests.helpers.policy_repository import Checkout, create_remote
from tests.helpers.workflow_runner import WorkflowRun, read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TODAY = "2026-11-26"
_BLOCK = re.compile(r"<!-- (github|server): (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
_CHANGE = """
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
note deling minor
commit 2026-11-26
"""
# Commands that would change this machine, or that need a host. They say what they were called with.
_STAND_INS = ("apt-get", "adduser", "chown", "systemctl")


@dataclass
class Machine:
    """A root folder, and commands that act on it instead of on this machine; `names` replaces names of the page."""

    folder: Path
    names: Mapping[str, str]
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        commands = self.folder / "commands"
        for place in (commands, self.root, self.folder / "home"):
            place.mkdir(parents=True)
        for name in _STAND_INS:
            self.add_command(name, f'echo "{name} $*" >>"{self.folder}/calls"')
        self.add_command("sudo", 'test "$1" != -u || shift 2\nexec "$@"')
        real = shutil.which("install")
        self.add_command(
            "install",
            f'for a; do shift; case $a in --owner=*) ;; *) set -- "$@" "$a" ;; esac; done\n{real} "$@"',
        )

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def add_command(self, name: str, script: str) -> None:
        path = self.folder / "commands" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def translate(self, text: str) -> str:
        """Return text of the page with the names of this machine."""
        for name, value in self.names.items():
            text = text.replace(name, value)
        return re.sub(r"(?<![\w.:/])/(srv|etc|var/lib)(?=/)", rf"{self.root}/\1", text)

    def run(self, code: str, cwd: Path) -> str:
        """Run a block of the page up to the first command that fails, which none may; return what it printed."""
        done = subprocess.run(
            ["sh", "-euc", self.translate(code)],
            cwd=cwd,
            env=neutral_environment(
                **GIT_ENVIRONMENT,
                HOME=str(self.folder / "home"),
                PATH=f"{self.folder}/commands:{os.environ['PATH']}",
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def list_calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


def read_blocks(path: str) -> dict[str, str]:
    """Return the blocks of one of the two paths of the page by name, in order."""
    page = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
    return {name: code for kind, name, code in _BLOCK.findall(page) if kind == path}


def read_live(url: str) -> str:
    """Return the text of the policy that is live."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())", url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def remote(tmp_path_factory) -> Path:
    return create_remote(tmp_path_factory.mktemp("remote"), "start 2026-01-05")


@pytest.fixture
def own_remote(remote, tmp_path) -> Path:
    """A copy of the remote, which the test may push to."""
    return shutil.copytree(remote, tmp_path / "remote.git")


def test_every_block_of_the_page_is_run_by_a_test():
    page = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
    assert page.count("```sh\n") == len(_BLOCK.findall(page)) + page.count("<!-- time stamp -->\n```sh\n")
    assert list(read_blocks("github")) == ["server", "key", "authorize", "repository", "first", "protect"]
    assert list(read_blocks("server")) == ["user", "first", "timers", "review", "monitor"]


@pytest.fixture
def server_machine(own_remote, tmp_path) -> Iterator[tuple[Machine, Path]]:
    """A machine whose web server serves /srv/www/policy/site, and the remote that it clones."""
    folder = tmp_path / "machine"
    with serve_site("nginx", folder / "root/srv/www/policy/site", tmp_path / "nginx") as url:
        names = {"https://git.example.no/policy.git": str(own_remote), "https://example.no/personvern/": url}
        yield Machine(folder, names), own_remote


def test_a_server_of_your_own_publishes_what_is_merged(server_machine, tmp_path):
    machine, remote = server_machine
    url = machine.names["https://example.no/personvern/"]
    blocks = read_blocks("server")
    policy = machine.root / "srv/policy"
    machine.run(blocks["user"], tmp_path)
    Checkout(policy, TODAY, url).set_up()
    machine.run(blocks["first"], tmp_path)
    assert "Vi deler ingen opplysninger" in read_live(url)
    machine.run(
        blocks["timers"].replace(
            "install --directory", f"mkdir -p {machine.root}/etc/systemd/system; install --directory", 1
        ),
        tmp_path,
    )
    assert "systemctl enable --now klartekst-publish.timer klartekst-monitor.timer" in machine.list_calls()
    merge_change(remote, tmp_path / "editor")
    start_service(machine, "klartekst-publish.service")
    assert "Vi deler navn med trykkeriet" in read_live(url)
    start_service(machine, "klartekst-monitor.service")
    assert "problem" not in machine.run(blocks["monitor"], policy)


def start_service(machine: Machine, name: str) -> None:
    """Run the commands of an installed unit, in order."""
    text = (machine.root / "etc/systemd/system" / name).read_text()
    values = dict(
        line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#")
    )
    lines = (machine.root / values["EnvironmentFile"].lstrip("/")).read_text().splitlines()
    settings = "".join(f"export {shlex.quote(line)}\n" for line in lines)
    for key in ("ExecStartPre", "ExecStart"):
        if key in values:
            machine.run(settings + values[key], machine.root / values["WorkingDirectory"].lstrip("/"))


def merge_change(remote: Path, folder: Path) -> None:
    """Push a change with its note to the main branch."""
    run_command(remote.parent, "git", "clone", "--quiet", remote, folder)
    create_history(folder, _CHANGE)
    run_command(folder, "git", "push", "--quiet", "origin", "main")


def test_a_branch_is_described_for_its_reviewers(own_remote, tmp_path):
    checkout = Checkout.clone(own_remote, tmp_path / "clone", TODAY)
    checkout.commit("branch edit\n" + _CHANGE)
    machine = Machine(tmp_path / "machine", {})
    machine.run(read_blocks("server")["review"], checkout.folder)
    assert (checkout.folder / "review" / "review.md").read_text("utf-8").startswith("## Version 1.1: minor\n")
    assert (checkout.folder / "review" / "preview" / "site" / "index.html").is_file()


# `gh` as far as the page uses it: settings are files, and the repository is a bare one.
_GH = """
folder={folder}/github
mkdir -p "$folder/secrets" "$folder/vars" "$folder/api"
case "$1 $2" in
  "repo create")
    test "$3 $4 $5 $6 $7" = "example/policy --private --source . --push"
    git init --quiet --bare --initial-branch main "$folder/policy.git"
    git remote add origin "$folder/policy.git"
    git push --quiet origin HEAD ;;
  "variable set") case "${{4:-}}" in --body) printf %s "$5" ;; *) cat ;; esac >"$folder/vars/$3" ;;
  "secret set") test "$4" = --env && mkdir -p "$folder/secrets/$5" && cat >"$folder/secrets/$5/$3" ;;
  "api --method")
    name=$(echo "$4" | tr / _)
    if [ "$5" = --input ]; then cat "$6"; else printf '{{"field": "%s"}}' "$6"; fi >"$folder/api/$name.json" ;;
  "workflow run") test "$3 $4 $5" = "publish.yml --field first=true" && touch "$folder/run" ;;
  "run watch") test -e "$folder/run" ;;
  *) exit 99 ;;
esac
"""


def test_github_publishes_what_is_merged(own_remote, tmp_path):
    (tmp_path / "sshd").mkdir()
    with (
        run_ssh_server(tmp_path / "sshd") as ssh,
        serve_site("nginx", tmp_path / "machine/root/srv/www/policy/site", tmp_path / "nginx") as url,
        GitHub().serve() as github,
    ):
        machine = create_github_machine(tmp_path, ssh, url)
        clone = Checkout.clone(own_remote, tmp_path / "clone", TODAY).folder
        for name, code in read_blocks("github").items():
            machine.run(code, clone)
            if name == "first":
                job = run_workflow(machine, "publish.yml", tmp_path / "first", url, inputs={"first": "true"})[
                    "publish"
                ]
                assert job.has_succeeded, job.printed
                assert "Vi deler ingen opplysninger" in read_live(url)
        check_settings(machine.folder / "github")
        branch = push_branch(machine, tmp_path / "editor")
        pull_request = {
            "number": 7,
            "base": {"sha": "main"},
            "head": {"repo": {"full_name": "owner/policy"}},
            "user": {"login": "kari"},
        }
        event = {"repository": "owner/policy", "token": "token", "event": {"pull_request": pull_request}}
        environment = {**github.environment, "GITHUB_BASE_REF": "main"}
        jobs = run_workflow(
            machine, "pull-request.yml", tmp_path / "pull", url, event, environment, commit=branch
        )
        assert all(job.has_succeeded for job in jobs.values()), [job.printed for job in jobs.values()]
        (comment,) = github.comments
        assert comment["body"].endswith(jobs["review"].summary)
        assert "trykkeriet" in comment["body"]
        # From a fork the same is in the summary, and nothing is posted.
        pull_request["head"]["repo"]["full_name"] = "stranger/policy"
        jobs = run_workflow(
            machine, "pull-request.yml", tmp_path / "fork", url, event, environment, commit=branch
        )
        assert jobs["comment"].is_skipped
        assert "trykkeriet" in jobs["review"].summary
        merge_branch(machine, tmp_path / "editor")
        job = run_workflow(machine, "publish.yml", tmp_path / "push", url)["publish"]
        assert job.has_succeeded, job.printed
        assert "Vi deler navn med trykkeriet" in read_live(url)
        log = json.loads((tmp_path / "push" / "artifacts" / "log" / "log.json").read_text("utf-8"))
        assert len(log["entries"]) == 2


def create_github_machine(folder: Path, ssh, url: str) -> Machine:
    """Create a machine where `gh` is a stand-in, and www.example.no the sshd of this test."""
    names = {
        "deploy@www.example.no": ssh.address(folder).removeprefix("ssh://").partition("/")[0],
        "ssh-keyscan -t ed25519 www.example.no": f"ssh-keyscan -p {ssh.port} -t ed25519 127.0.0.1",
        "/var/lib/deploy/.ssh": str(ssh.configuration.parent),
        "/srv/www/policy": f"{folder}/machine/root/srv/www/policy",
    }
    machine = Machine(folder / "machine", names)
    machine.add_command("gh", _GH.format(folder=machine.folder))
    # ssh finds the files of a user by the entry in /etc/passwd, whatever HOME is.
    real = shutil.which("ssh")
    machine.add_command(
        "ssh",
        f'exec {real} -F "$HOME/.ssh/config" -o UserKnownHostsFile="$HOME/.ssh/known_hosts"'
        ' -o GlobalKnownHostsFile=/dev/null "$@"',
    )
    return machine


def check_settings(github: Path) -> None:
    """Check what the page has set: secrets in their environment, rules for the branch."""
    assert sorted(path.name for path in (github / "vars").iterdir()) == [
        "KLARTEKST_SSH_KNOWN_HOSTS", "KLARTEKST_TARGET",
    ]  # fmt: skip
    assert [str(path.relative_to(github / "secrets")) for path in (github / "secrets").rglob("*/*")] == [
        "website/KLARTEKST_SSH_KEY"
    ]
    calls = {path.stem: json.loads(path.read_text()) for path in (github / "api").iterdir()}
    website = "repos_example_policy_environments_website"
    assert calls.keys() == {website, f"{website}_deployment-branch-policies", "repos_example_policy_rulesets"}
    assert calls[f"{website}_deployment-branch-policies"] == {"field": "name=main"}


def run_workflow(  # noqa: PLR0913 - what an event consists of
    machine: Machine,
    name: str,
    folder: Path,
    url: str,
    event: dict | None = None,
    environment: dict | None = None,
    *,
    commit: str = "main",
    inputs: dict | None = None,
) -> dict:
    """Run every job of a workflow in order, with the settings that `gh` has stored."""
    github = machine.folder / "github"
    environments = {path.parent.name: {} for path in (github / "secrets").rglob("*/*")}
    for path in (github / "secrets").rglob("*/*"):
        environments[path.parent.name][path.name] = path.read_text()
    workflow = read_workflow(name)
    context = {
        "github": event or {},
        "vars": {path.name: path.read_text() for path in (github / "vars").iterdir()},
        "inputs": inputs or {},
    }
    variables = {"PATH": f"{machine.folder}/commands:{os.environ['PATH']}", **(environment or {})}
    run = WorkflowRun(workflow, github / "policy.git", commit, folder, context, variables, TODAY, url)
    jobs = {}
    for job, definition in workflow["jobs"].items():
        run.context["secrets"] = environments.get(definition.get("environment"), {})
        jobs[job] = run.run_job(job)
    return jobs


def push_branch(machine: Machine, folder: Path) -> str:
    """Push a branch, and merge it as GitHub does for a pull request; return the commit of the merge."""
    remote = machine.folder / "github" / "policy.git"
    run_command(folder.parent, "git", "clone", "--quiet", remote, folder)
    create_history(folder, "branch edit\n" + _CHANGE)
    for command in ("checkout --quiet --detach origin/main", "merge --quiet --no-ff --message Merge edit"):
        run_command(folder, "git", *command.split())
    run_command(folder, "git", "push", "--quiet", "origin", "edit", "HEAD:refs/heads/pull-7-merge")
    return "origin/pull-7-merge"


def merge_branch(machine: Machine, folder: Path) -> None:
    """Merge the pull request."""
    run_command(folder, "git", "push", "--quiet", "origin", "HEAD:main")

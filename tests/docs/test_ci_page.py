"""docs/ci.md followed from nothing to a published policy, with a real web server and a real sshd."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from deployment.web_client import fetch
from tests.deployment.ssh_server import SshServer, run_ssh_server
from tests.deployment.web_servers import serve_site
from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.github import GitHub
from tests.helpers.in_process import build
from tests.helpers.machine import Machine
from tests.helpers.policy_repository import Checkout, create_remote
from tests.helpers.time_stamp_authority import serve_time_stamps
from tests.helpers.web_servers import make_public_folder
from tests.helpers.workflow_runner import WorkflowRun, read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = "2026-11-26"
_BLOCK = re.compile(r"<!-- (github|server): (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
_CHANGE = """
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
note deling minor
commit 2026-11-26
"""


def read_blocks(path: str) -> dict[str, str]:
    """Return the blocks of one of the two paths of the page by name, in order."""
    page = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
    return {name: code for kind, name, code in _BLOCK.findall(page) if kind == path}


def read_live(url: str) -> str:
    """Return the text of the policy that is live."""
    return fetch(url).body.decode()


@pytest.fixture(scope="module")
def remote(tmp_path_factory) -> Path:
    return create_remote(tmp_path_factory.mktemp("remote"), "start 2026-01-05")


@pytest.fixture(scope="module")
def built(remote, tmp_path_factory) -> Path:
    """The site of the first version; an administrator takes the configuration of the server from it."""
    out = tmp_path_factory.mktemp("built") / "out"
    build(remote.parent / "source", out)
    return out / "site"


@pytest.fixture
def public() -> Iterator[Path]:
    with make_public_folder() as folder:
        yield folder


@pytest.fixture
def own_remote(remote, tmp_path) -> Path:
    """A copy of the remote, which the test may push to."""
    return shutil.copytree(remote, tmp_path / "remote.git")


def test_every_block_of_the_page_is_run_by_a_test():
    page = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
    assert page.count("```") == 2 * len(_BLOCK.findall(page))
    assert list(read_blocks("github")) == ["server", "key", "authorize", "repository", "first", "protect"]
    assert list(read_blocks("server")) == ["user", "first", "timers", "review", "monitor", "stamp"]


@pytest.fixture
def server_machine(own_remote, built, public) -> Iterator[tuple[Machine, Path]]:
    """A machine whose web server serves /srv/www/policy/site, and the remote that it clones."""
    folder = public / "machine"
    with serve_site("nginx", folder / "root/srv/www/policy/site", public / "nginx", built) as url:
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
    machine.start_service("klartekst-publish.service")
    assert "Vi deler navn med trykkeriet" in read_live(url)
    machine.start_service("klartekst-monitor.service")
    assert "problem" not in machine.run(blocks["monitor"], policy)


def merge_change(remote: Path, folder: Path) -> None:
    """Push a change with its note to the main branch."""
    run_command(remote.parent, "git", "clone", "--quiet", remote, folder)
    create_history(folder, _CHANGE)
    run_command(folder, "git", "push", "--quiet", "origin", "main")


@pytest.mark.long
def test_a_branch_is_described_for_its_reviewers(own_remote, tmp_path):
    checkout = Checkout.clone(own_remote, tmp_path / "clone", TODAY)
    checkout.commit("branch edit\n" + _CHANGE)
    machine = Machine(tmp_path / "machine", {})
    machine.run(read_blocks("server")["review"], checkout.folder)
    assert (checkout.folder / "review" / "review.md").read_text("utf-8").startswith("## Version 1.1: minor\n")
    assert (checkout.folder / "review" / "preview" / "site" / "index.html").is_file()


def test_a_time_stamp_is_pushed_to_a_branch_of_its_own(own_remote, tmp_path):
    checkout = Checkout.clone(own_remote, tmp_path / "clone", TODAY)
    with serve_time_stamps(tmp_path / "authority") as authority:
        shutil.copy(authority.roots, checkout.folder / "roots.pem")
        machine = Machine(tmp_path / "machine", {"https://tsa.example/": authority.address})
        machine.run(read_blocks("server")["stamp"], checkout.folder)
    pushed = run_command(own_remote, "git", "diff", "--name-only", "main", "time-stamp").splitlines()
    assert len(pushed) == 1
    assert pushed[0].startswith("content/timestamps/")


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
    case "$5" in --input) cat "$6" ;; *) printf '{{"field": "%s"}}' "$6" ;; esac >"$folder/api/$name.json" ;;
  "workflow run") test "$3 $4 $5" = "publish.yml --field first=true" && touch "$folder/run" ;;
  "run watch") test -e "$folder/run" ;;
  *) exit 99 ;;
esac
"""


@pytest.mark.long
def test_github_publishes_what_is_merged(own_remote, built, public, tmp_path):
    (tmp_path / "sshd").mkdir()
    with (
        run_ssh_server(tmp_path / "sshd") as ssh,
        serve_site("nginx", public / "machine/root/srv/www/policy/site", public / "nginx", built) as url,
        GitHub().serve() as github,
    ):
        machine = create_github_machine(public, ssh)
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
        link = "[Forhåndsvisning av nettstedet og e-postene](https://github.example/artifacts/review)"
        assert comment["body"].endswith(f"{jobs['review'].summary}\n{link}\n")
        assert "trykkeriet" in comment["body"]
        # From a fork the same is in the summary, and nothing is posted.
        pull_request["head"]["repo"]["full_name"] = "stranger/policy"
        jobs = run_workflow(
            machine, "pull-request.yml", tmp_path / "fork", url, event, environment, commit=branch
        )
        assert jobs["comment"].is_skipped
        assert "trykkeriet" in jobs["review"].summary
        merge_branch(tmp_path / "editor")
        job = run_workflow(machine, "publish.yml", tmp_path / "push", url)["publish"]
        assert job.has_succeeded, job.printed
        assert "Vi deler navn med trykkeriet" in read_live(url)
        log = json.loads((tmp_path / "push" / "artifacts" / "log" / "log.json").read_text("utf-8"))
        assert len(log["entries"]) == 2


def create_github_machine(folder: Path, ssh: SshServer) -> Machine:
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


def merge_branch(folder: Path) -> None:
    """Merge the pull request."""
    run_command(folder, "git", "push", "--quiet", "origin", "HEAD:main")

"""docs/own-repository.md followed: two clones on a server, and a release of Klartekst taken."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from adoption.new_policy.answers import Answers, read_example_answers
from adoption.new_policy.content import create_content
from deployment.web_client import fetch
from policy.yaml_reader import parse_yaml
from tests.deployment.web_servers import serve_site
from tests.helpers.cli import run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build
from tests.helpers.klartekst_repository import create_klartekst_remote, write_make
from tests.helpers.machine import Machine
from tests.helpers.policy_repository import Checkout
from tests.helpers.web_servers import make_public_folder

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2026-11-26"
_BLOCK = re.compile(r"<!-- own: ([\w-]+) -->\n```sh\n(.*?)```", re.DOTALL)
_TOOL, _POLICY = "https://git.example.no/klartekst.git", "https://git.example.no/policy.git"


def read_blocks() -> dict[str, str]:
    return dict(_BLOCK.findall((REPOSITORY / "docs" / "own-repository.md").read_text("utf-8")))


def test_every_block_of_the_page_is_run_by_a_test():
    page = (REPOSITORY / "docs" / "own-repository.md").read_text("utf-8")
    assert page.count("```") == 2 * (len(read_blocks()) + 1)
    assert list(read_blocks()) == [
        "make", "variable", "variable-of-github", "user", "first", "timers", "upgrade", "compare", "commit",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def remotes(tmp_path_factory) -> tuple[Path, Path]:
    """The repository of Klartekst and that of a policy, which `new` would create."""
    folder = tmp_path_factory.mktemp("remotes")
    example = read_example_answers("en").replace("/privacy/", "/personvern/")
    answers = Answers.model_validate(parse_yaml(example, "answers.yaml").data, context={"languages": ()})
    source = folder / "our-policy"
    for path, data in create_content(answers, "0" * 64).items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(data)
    run_command(source, "git", "init", "--quiet", "--initial-branch", "main", ".")
    run_command(source, "git", "add", "--all")
    moment = f"{TODAY}T12:00:00+01:00"
    run_command(
        source, "git", "commit", "--quiet", "--message", "Begin",
        GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=moment,
    )  # fmt: skip
    run_command(folder, "git", "clone", "--quiet", "--bare", source, "policy.git")
    return create_klartekst_remote(folder), folder / "policy.git"


@pytest.mark.long
def test_a_server_with_two_clones_publishes_the_policy_and_what_is_pushed(remotes, tmp_path):
    tool, policy = remotes[0], shutil.copytree(remotes[1], tmp_path / "policy.git")
    blocks = read_blocks()
    build(remotes[1].parent / "our-policy", tmp_path / "built", today=TODAY)
    with make_public_folder() as public:
        folder = public / "machine"
        live = folder / "root/srv/www/policy/site"
        with serve_site("nginx", live, public / "nginx", tmp_path / "built" / "site") as url:
            names = {_TOOL: str(tool), _POLICY: str(policy), "https://example.no/personvern/": url}
            machine = Machine(folder, names)
            machine.run(blocks["user"], tmp_path)
            Checkout(machine.root / "srv/klartekst", TODAY, url).set_up()
            machine.run(blocks["first"], tmp_path)
            assert "Example Club" in fetch(url).body.decode()
            (machine.root / "etc/systemd/system").mkdir(parents=True)
            machine.run(blocks["timers"], tmp_path)
            push_correction(policy, tmp_path / "editor")
            machine.start_service("klartekst-publish.service")
            assert "It costs nothing." in fetch(url).body.decode()


def push_correction(policy: Path, folder: Path) -> None:
    """Push a change with its note."""
    run_command(folder.parent, "git", "clone", "--quiet", policy, folder)
    for path, old, new in (
        ("en/07-rights.md", "It is free of charge.", "It costs nothing."),
        ("nb/07-rights.md", "Det koster ingenting.", "Det er gratis."),
    ):
        place = folder / "content" / path
        text = place.read_text("utf-8")
        assert old in text
        place.write_text(text.replace(old, new), "utf-8")
    (folder / "content" / "changes").mkdir()
    note = "level: minor\nsummary: {en: Clearer words., nb: Klarere ord.}\n"
    (folder / "content" / "changes" / "words.yaml").write_text(note)
    run_command(folder, "git", "add", "--all")
    moment = f"{TODAY}T13:00:00+01:00"
    run_command(
        folder, "git", "commit", "--quiet", "--message", "Words",
        GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=moment,
    )  # fmt: skip
    run_command(folder, "git", "push", "--quiet", "origin", "main")


@pytest.mark.long
def test_a_release_is_taken_and_makes_the_same_site(remotes, tmp_path):
    tool, policy = remotes
    blocks = read_blocks()
    machine = Machine(tmp_path / "machine", {"https://example.no/personvern/": "../our-policy/published"})
    write_make(machine.folder / "commands")
    machine.add_command("gh", 'test "$*" = "variable set KLARTEKST_REPOSITORY --body $KLARTEKST"')
    run_command(tmp_path, "git", "clone", "--quiet", "--branch", "v0.1.0", tool, "klartekst")
    run_command(tmp_path, "git", "clone", "--quiet", policy, "our-policy")
    place = tmp_path / "klartekst"
    machine.run("make setup-site", place)
    assert " warnings" in machine.run(blocks["make"], place)
    assert "open-questions" in machine.run(blocks["variable"], place)
    machine.run(f"KLARTEKST={_TOOL}\nexport KLARTEKST\n{blocks['variable-of-github']}", place)
    before = (tmp_path / "our-policy/out/site/api/log.json").read_bytes()
    machine.run("cp -RL ../our-policy/out/site ../our-policy/published", place)
    machine.run(blocks["upgrade"], place)
    machine.run(blocks["compare"], place)
    assert (tmp_path / "our-policy/out/site/api/log.json").read_bytes() == before
    commit = run_command(place, "git", "rev-parse", "HEAD")
    assert machine.run(blocks["commit"], place) == commit

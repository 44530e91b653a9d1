"""The command `new`: a repository with a policy, or nothing at all."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner, Result

from adoption.new_policy.answers import TEXT_QUESTIONS, YES_OR_NO_QUESTIONS
from adoption.new_policy.clauses import FOLDER
from build import main
from policy.loader import load_policy
from policy.sources import read_content_files
from tests.helpers.environment import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C.UTF-8",
}
_IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
_INTERVIEW = "\n".join(
    [
        *(
            "Pr\x1b[D",
            "Prøve AS",
            "post@prove",
            "post@prove.no",
            "",
            "",
            "prove.no",
            "nb, tysk",
            "nb, nn NB",
            "",
            "",
        ),
        *("j" if name in {"members", "letters"} else "" for name in YES_OR_NO_QUESTIONS),
        "",
    ]
)


def run_new(*arguments: object, **options: Any) -> Result:
    environment = {**dict.fromkeys(_IDENTITY), **_GIT, **options.pop("env", {})}
    return CliRunner().invoke(main, ["new", *map(str, arguments)], env=environment, **options)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def answers(tmp_path) -> Path:
    path = tmp_path / "answers.yaml"
    path.write_text(run_new("--example-answers").stdout, "utf-8")
    return path


@pytest.fixture
def policy(tmp_path, answers) -> Path:
    done = run_new(tmp_path / "our-policy", "--answers", answers)
    assert done.exit_code == 0, done.output
    return tmp_path / "our-policy"


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_example_has_every_key_once_with_its_question_and_creates_a_policy(tmp_path, language):
    example = run_new("--example-answers", "--lang", language).stdout
    (tmp_path / "a.yaml").write_text(example, "utf-8")
    keys = {line.lstrip("# ").partition(":")[0] for line in example.splitlines() if ": " in line}
    assert {*TEXT_QUESTIONS, *YES_OR_NO_QUESTIONS, "authority"} <= keys
    if language == "en":
        for name, question in YES_OR_NO_QUESTIONS.items():
            (line,) = (line for line in example.splitlines() if line.startswith(f"{name}:"))
            assert line.endswith(f"# {question}")
    done = run_new(tmp_path / "policy", "--answers", tmp_path / "a.yaml", "--lang", language)
    assert done.exit_code == 0, done.output


def test_everything_is_committed_on_main_by_the_organisation_if_git_knows_nobody(policy):
    assert (
        git(policy, "log", "--format=%an <%ae> %s")
        == "Example Club <post@example.no> Begin the privacy policy\n"
    )
    assert git(policy, "branch", "--show-current") == "main\n"
    assert git(policy, "status", "--porcelain", "--ignored") == ""
    assert git(policy, "config", "user.name") == "Example Club\n"
    assert len(load_policy(read_content_files(policy)).settings.salt) == 64


def test_whoever_has_a_name_in_git_commits_in_it(tmp_path, answers):
    names = ("Kari", "kari@prove.no") * 2
    done = run_new(tmp_path / "p", "--answers", answers, env=dict(zip(_IDENTITY, names, strict=True)))
    assert "because Git does not know" not in done.stdout
    assert git(tmp_path / "p", "log", "--format=%an <%ae>") == "Kari <kari@prove.no>\n"


def test_the_hook_refuses_a_silent_change(policy):
    section = policy / "content" / "en" / "06-storage.md"
    section.write_text(section.read_text("utf-8") + "\nWe keep everything for ever.\n", "utf-8")
    command = ["git", "-C", str(policy), "commit", "--all", "--message", "Change"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode
    assert "unnoted-change" in refused.stdout + refused.stderr


def test_the_schemas_that_the_editor_uses_exist(policy):
    settings = json.loads((policy / ".vscode" / "settings.json").read_text("utf-8"))
    assert settings["yaml.schemas"]
    assert all((policy / path).is_file() for path in settings["yaml.schemas"])


def test_workflows_run_the_scripts_of_klartekst_on_the_policy(policy):
    for path in (policy / ".github" / "workflows").iterdir():
        text = path.read_text("utf-8")
        workflow = yaml.safe_load(text)
        assert workflow["env"]["KLARTEKST_SOURCE"] == ".."
        for job in workflow["jobs"].values():
            names = [step.get("name") for step in job["steps"]]
            scripts = [step["run"] for step in job["steps"] if "deploy/" in step.get("run", "")]
            assert names.index("Get Klartekst") < 2
            assert scripts
            assert all(script.count("deploy/") == script.count(".klartekst/deploy/") for script in scripts)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_first_page_is_filled_in(tmp_path, answers, language):
    text = answers.read_text("utf-8").replace("[en, nb]", f"[{language}]")
    answers.write_text(text, "utf-8")
    assert run_new(tmp_path / "p", "--answers", answers).exit_code == 0
    page = (tmp_path / "p" / "README.md").read_text("utf-8")
    assert "Example Club" in page
    assert "https://example.no/privacy/" in page
    assert "[[" not in page
    assert (FOLDER / language / "README.md").is_file()


def test_the_commands_of_the_first_page_work_for_any_folder_name(tmp_path, answers):
    folder = tmp_path / "our  'policy' & more; #1"
    assert run_new(folder, "--answers", answers).exit_code == 0
    lines = (folder / "README.md").read_text("utf-8").splitlines()
    commands = [shlex.split(line, comments=True) for line in lines if line.startswith("make ")]
    way = os.path.relpath(folder, REPOSITORY)
    assert [words[2] for words in commands] == [f"SOURCE={way}"] * 3


def test_answers_are_asked_for_until_they_can_be_used_in_the_language_of_the_terminal(tmp_path):
    done = run_new(tmp_path / "p", "--lang", "nb", input=_INTERVIEW)
    assert done.exit_code == 0, done.output
    assert "Hva heter organisasjonen?" in done.stdout
    assert "et usynlig tegn (U+001B); fjern det" in done.stdout
    assert "skriv ett eller flere av disse, med komma mellom: en, nb, nn" in done.stdout
    policy = load_policy(read_content_files(tmp_path / "p"))
    assert policy.languages == ("nb", "nn")
    assert policy.settings.base_url == "https://prove.no/personvern/"
    assert [purpose.id for purpose in policy.facts.purposes] == ["replies", "membership"]


def test_an_interview_that_ends_early_leaves_nothing(tmp_path):
    done = run_new(tmp_path / "p", input="Prøve AS\n")
    assert done.exit_code == 1
    assert list(tmp_path.iterdir()) == []


_WRONG = {
    "members: yes": ("members: perhaps", "answers.yaml:20:10: neither yes nor no"),
    "payment: no": ("paiment: no", "unknown key 'paiment'"),
    "name: Example Club": ("name:", "'name' has no value"),
    "[en, nb]": ("[en, sv]", "'sv' is not a known value"),
    "email: post@example.no": ("email: post", "not an e-mail address"),
    "https://example.no/privacy/": ("https://example.no/privacy", "must end with /"),
    "# authority: {name: Datatilsynet,": (
        "authority: {name: {nb: Datatilsynet},",
        "answers.yaml:17:19: the text in 'en' is missing",
    ),
    "required: no": ("", "the key 'required' is missing"),
}


@pytest.mark.parametrize("right", _WRONG)
def test_wrong_answers_are_named_with_their_line_and_nothing_is_written(tmp_path, answers, right):
    wrong, message = _WRONG[right]
    text = answers.read_text("utf-8")
    assert right in text
    answers.write_text(text.replace(right, wrong, 1), "utf-8")
    done = run_new(tmp_path / "p", "--answers", answers)
    assert (done.exit_code, message in done.stderr) == (2, True), done.output
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yaml"]


def test_all_wrong_answers_are_reported_at_once(tmp_path, answers):
    answers.write_text("name: A\nmembers: perhaps\n")
    assert len(run_new(tmp_path / "p", "--answers", answers).stderr.splitlines()) > 15


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"- a\n", b"a: [\n", b"a: &x b\n", b"x" * (65 << 10)])
def test_a_file_that_has_no_answers_is_refused_without_a_traceback(tmp_path, data):
    (tmp_path / "a.yaml").write_bytes(data)
    done = run_new(tmp_path / "p", "--answers", tmp_path / "a.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith(str(tmp_path / "a.yaml"))
    assert not (tmp_path / "p").exists()


def test_a_folder_that_is_in_use_is_refused_before_anything_is_asked(tmp_path):
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").touch()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("used")
    for name, words in (("used", "not empty"), ("file", "not a folder"), ("link", "not a folder")):
        done = run_new(tmp_path / name)
        assert (done.exit_code, words in done.stderr) == (2, True), done.output
    assert "does not exist" in run_new(tmp_path / "a" / "b").stderr
    assert "cannot be written" in run_new(tmp_path / ("x" * 300)).stderr
    assert "inside Klartekst" in run_new(REPOSITORY / "our-policy").stderr
    for name in ("a$(id)", "a`id`", 'a"b', "a\nb", "a\\b"):
        assert "make cannot be given this name" in run_new(tmp_path / name).stderr
    assert "DIR" in run_new().stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link", "used"]


def test_an_empty_folder_is_used(tmp_path, answers):
    (tmp_path / "p").mkdir()
    assert run_new(tmp_path / "p", "--answers", answers).exit_code == 0
    assert (tmp_path / "p" / "content" / "policy.yaml").is_file()


def test_nothing_is_left_if_git_fails(tmp_path, answers):
    done = run_new(tmp_path / "p", "--answers", answers, env={"PATH": "/nowhere"})
    assert (done.exit_code, "git is not installed" in done.stderr) == (2, True), done.output
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yaml"]

"""Runs the jobs of a workflow on this machine: their scripts as GitHub does, their actions in a few words."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.helpers.cli import run_command
from tests.helpers.environment import GIT_ENVIRONMENT, REPOSITORY, neutral_environment
from tests.helpers.policy_repository import Checkout

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_TOKEN = re.compile(r"'[^']*'|hashFiles\('[^']*'\)|!cancelled\(\)|&&|\|\||[!=]=|!|[\w.-]+")
_SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}


def read_workflow(name: str) -> dict[str, Any]:
    """Return a workflow of this repository."""
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / name).read_text("utf-8"))
    workflow["on"] = workflow.pop(True)  # YAML 1.1 has a truth value of this name
    return workflow


@dataclass
class Job:
    """A job that ran: whether it succeeded, its outputs, what its scripts printed, and its summary."""

    has_succeeded: bool = True
    is_skipped: bool = False
    outputs: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    summary: str = ""


@dataclass
class WorkflowRun:
    """One run of a workflow, with what the event and the settings of the repository give it.

    `context` has `github`, `vars`, `secrets` and `inputs`; `checkout` clones the remote at `commit`.
    """

    workflow: Mapping[str, Any]
    remote: Path
    commit: str
    folder: Path
    context: dict[str, Any]
    environment: Mapping[str, str]
    day: str
    url: str = ""

    def run_job(self, name: str) -> Job:
        """Run a job in a folder of its own; its outputs become part of `needs`."""
        definition, job = self.workflow["jobs"][name], Job()
        context = {**self.context, "steps": {}, "needs": self.context.setdefault("needs", {})}
        if not self._evaluate(definition.get("if", "success"), context, self.folder):
            job.is_skipped = True
            return job
        place = self.folder / name
        place.mkdir(parents=True)
        variables = {**self.workflow.get("env", {}), **definition.get("env", {})}
        for number, step in enumerate(definition["steps"]):
            runs = self._evaluate(step["if"], context, place / "work") if "if" in step else job.has_succeeded
            if not runs:
                continue
            if "uses" in step:
                outputs = self._run_action(step, context, place)
                context["steps"][step.get("id", str(number))] = {"outputs": outputs}
                continue
            env = {
                key: self._fill(value, context) for key, value in {**variables, **step.get("env", {})}.items()
            }
            outputs, succeeded = self._run_script(step, place, number, env, job)
            context["steps"][step.get("id", str(number))] = {"outputs": outputs}
            job.has_succeeded &= succeeded
        summary = place / "summary"
        job.summary = summary.read_text("utf-8") if summary.exists() else ""
        job.outputs = {
            key: self._fill(value, context) for key, value in definition.get("outputs", {}).items()
        }
        self.context["needs"][name] = {"outputs": job.outputs}
        return job

    def _run_script(
        self, step: Mapping[str, Any], place: Path, number: int, env: Mapping[str, str], job: Job
    ) -> tuple[dict[str, str], bool]:
        script, output = place / f"{number}.sh", place / f"{number}.out"
        script.write_text(step["run"])
        output.touch()
        (place / "home").mkdir(exist_ok=True)
        done = subprocess.run(
            [*_SHELLS[step.get("shell")], script],
            cwd=place / "work",
            env=neutral_environment(
                **GIT_ENVIRONMENT,
                HOME=str(place / "home"),
                GITHUB_OUTPUT=str(output),
                GITHUB_STEP_SUMMARY=str(place / "summary"),
                **{**self.environment, **env},
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        job.printed += done.stdout
        pairs = [line.partition("=") for line in output.read_text().splitlines()]
        return {name: value for name, _, value in pairs}, done.returncode == 0

    def _run_action(self, step: Mapping[str, Any], context: Mapping[str, Any], place: Path) -> dict[str, str]:
        """Do what an action does, and return its outputs."""
        options = {key: self._fill(str(value), context) for key, value in step.get("with", {}).items()}
        match step["uses"].partition("@")[0]:
            case "actions/checkout":
                work = place / "work"
                run_command(place, "git", "clone", "--quiet", self.remote, work)
                run_command(work, "git", "checkout", "--quiet", "--detach", options.get("ref", self.commit))
                if "sparse-checkout" in options:
                    run_command(work, "git", "sparse-checkout", "set", options["sparse-checkout"])
                else:
                    Checkout(work, self.day, self.url).set_up()
            case "actions/upload-artifact":
                paths = [place / "work" / line for line in options["path"].split()]
                root = Path(os.path.commonpath(path.parent for path in paths))
                for path in paths:
                    target = self.folder / "artifacts" / options["name"] / path.relative_to(root)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    if path.is_dir():
                        shutil.copytree(path, target)
                    elif path.exists():
                        shutil.copy(path, target)
                return {"artifact-url": f"https://github.example/artifacts/{options['name']}"}
            case "actions/download-artifact":
                artifact = self.folder / "artifacts" / options["name"]
                shutil.copytree(artifact, place / "work" / options["path"])
            case other:
                raise AssertionError(other)
        return {}

    def _fill(self, text: object, context: Mapping[str, Any]) -> str:
        return _EXPRESSION.sub(lambda found: str(_look_up(found[1], context)), str(text))

    def _evaluate(self, condition: str, context: Mapping[str, Any], work: Path) -> bool:
        """Return what a condition says: names compared with strings, joined by && and ||."""
        inner = _EXPRESSION.sub(r"\1", condition)
        if inner == "success":
            return True
        parts = []
        for token in _TOKEN.findall(inner):
            if token.startswith("hashFiles"):
                parts.append(repr("hash" if (work / token[11:-2]).exists() else ""))
            elif token in {"&&", "||"}:
                parts.append("and" if token == "&&" else "or")
            elif token == "!cancelled()":
                parts.append("True")
            elif token in {"==", "!="} or token.startswith("'"):
                parts.append(token)
            else:
                parts.append(repr(_look_up(token, context)))
        return bool(eval(" ".join(parts), {}))  # noqa: S307 - a condition of our own workflows


def _look_up(name: str, context: Mapping[str, Any]) -> Any:
    """Return a value of the context; an empty string for one that is not there, as GitHub does."""
    value: Any = context
    for part in name.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return value

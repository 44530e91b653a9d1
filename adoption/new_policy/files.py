"""The files of a new repository beside content/: workflows, settings of editors and of Git, and a first page.

The workflows are those of this project, which is both tool and policy; those of a policy of its own fetch the
tool first, at the version that made the policy. So there is one text of each workflow, and one list of pinned
actions.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

from adoption.new_policy import clauses
from adoption.new_policy.answers import Answers
from adoption.new_policy.content import get_base_url
from adoption.new_policy.tool import Tool
from generator.build_options import PROJECT
from languages.loader import SOURCE_LANGUAGE, list_translated_languages
from languages.matching import choose_language

# Below the checkout of the policy, where its own .gitignore leaves it out.
TOOL_FOLDER = ".klartekst"
_WORKFLOWS = ("pull-request.yml", "publish.yml", "notify.yml")
_CHECKOUT = re.compile(r"^      - uses: actions/checkout@.*\n(?:        .*\n)+", re.MULTILINE)
_FETCH = """\
      - name: Get Klartekst
        run: |
          git init --quiet .klartekst
          git -C .klartekst fetch --quiet --depth 1 "$KLARTEKST_REPOSITORY" "$KLARTEKST_VERSION"
          git -C .klartekst checkout --quiet FETCH_HEAD
"""
_ENVIRONMENT = """\
  KLARTEKST_SOURCE: .. # the policy, seen from the folder of Klartekst
  KLARTEKST_REPOSITORY: {repository}
  KLARTEKST_VERSION: {version}
"""
_REPOSITORY_SETTING = "${{ vars.KLARTEKST_REPOSITORY }} # the address that git clones Klartekst from"
_EDITORCONFIG = """\
root = true

[*]
charset = utf-8
end_of_line = lf
insert_final_newline = true

[*.yaml]
indent_style = space
indent_size = 2
"""


def create_repository_files(answers: Answers, folder: Path, tool: Tool) -> dict[str, bytes]:
    """Return the files by their path in `folder`, which is where the repository will be."""
    files = {
        ".editorconfig": _EDITORCONFIG,
        ".gitattributes": "* text=auto eol=lf\n*.png binary\n*.tsr binary\n",
        ".gitignore": f"/out/\n/{TOOL_FOLDER}/\n",
        ".vscode/settings.json": _create_editor_settings(folder),
        "README.md": _create_readme(answers, folder),
        **{f".github/workflows/{name}": adapt_workflow(name, answers, tool) for name in _WORKFLOWS},
    }
    return {path: text.encode() for path, text in files.items()}


def adapt_workflow(name: str, answers: Answers, tool: Tool) -> str:
    """Return a workflow of this project for a repository that has only a policy."""
    text = (PROJECT / ".github" / "workflows" / name).read_text("utf-8")
    lines = _ENVIRONMENT.format(
        repository=tool.address or _REPOSITORY_SETTING,
        version=f"{tool.commit} # {tool.tag}" if tool.tag else tool.commit,
    )
    if "\nenv:\n" in text:
        text = text.replace("\nenv:\n", f"\nenv:\n{lines}", 1)
    else:
        text = text.replace("\njobs:\n", f"\nenv:\n{lines}\njobs:\n", 1)
    # The job that comments needs nothing of the policy: only the tool.
    text = _CHECKOUT.sub(lambda found: ("" if "sparse-checkout" in found[0] else found[0]) + _FETCH, text)
    text = re.sub(r"(?<![\w/.])deploy/(?=[a-z_-]+)", f"{TOOL_FOLDER}/deploy/", text)
    text = re.sub(r"\((docs/[\w-]+\.md)\)", r"(\1 of Klartekst)", text)
    text = text.replace("path: out/site", f"path: {TOOL_FOLDER}/out/site")
    review_language = choose_language(
        answers.languages[0], (SOURCE_LANGUAGE, *list_translated_languages("tool"))
    )
    return re.sub("KLARTEKST_LANG: [a-z]+", f"KLARTEKST_LANG: {review_language}", text)


def _create_editor_settings(folder: Path) -> str:
    """Return the settings of Visual Studio Code: keys are completed by the schemas of the tool."""
    settings = json.loads((PROJECT / ".vscode" / "settings.json").read_text("utf-8"))
    tool = _find_way(folder)
    schemas = {
        path.replace("./", f"{tool}/", 1): files for path, files in settings.pop("yaml.schemas").items()
    }
    return json.dumps({**settings, "yaml.schemas": schemas}, indent=2) + "\n"


def _create_readme(answers: Answers, folder: Path) -> str:
    """Return the page that says what is where, in the first language."""
    text = clauses.read_text(answers.languages[0], "README.md")
    values = {
        "name": answers.name,
        "address": get_base_url(answers),
        "tool": _find_way(folder),
        # As words of a command.
        "tool_word": shlex.quote(_find_way(folder)),
        "policy_word": shlex.quote(Path(os.path.relpath(folder.resolve(), PROJECT)).as_posix()),
        "first": answers.languages[0],
    }
    return re.sub(r"\[\[(\w+)\]\]", lambda found: values[found[1]], text)


def _find_way(folder: Path) -> str:
    """Return the path from the folder of the policy to the tool."""
    return Path(os.path.relpath(PROJECT, folder.resolve())).as_posix()

"""Every example of docs/reference/redline-examples.md is what `build.py diff` prints."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.helpers.environment import REPOSITORY
from tests.redline.documents import PolicyRepository

_PAGE = REPOSITORY / "docs" / "reference" / "redline-examples.md"
_EXAMPLE = re.compile(
    r"^### (?P<name>.*?)\n.*?"
    + r".*?".join(
        rf"^{label}:\n\n(?P<{key}_fence>`{{3,}})\w+\n(?P<{key}>.*?)\n(?P={key}_fence)$"
        for label, key in (("Before", "old"), ("After", "new"), ("Redline", "redline"))
    ),
    re.DOTALL | re.MULTILINE,
)
_SECTION = re.compile(r"^== (\S+): (.*) ==$", re.MULTILINE)
_POLICY = "title: Policy\nbase_url: https://example.no/\nlanguages: [en]\ncontroller: {name: Example}\n"


@dataclass(frozen=True)
class Example:
    """A text before and after, and the lines of its redline."""

    name: str
    old: str
    new: str
    redline: str


EXAMPLES = [
    Example(found["name"], found["old"], found["new"], found["redline"])
    for found in _EXAMPLE.finditer(_PAGE.read_text(encoding="utf-8"))
]


def _write_files(text: str) -> dict[str, str]:
    """Return the files of a policy whose sections are written as on the page."""
    _, *parts = _SECTION.split(text)
    sections = list(zip(parts[::3], parts[1::3], parts[2::3], strict=True)) or [("text", "Text", text)]
    files = {
        f"en/{number:02}-{name}.md": f"---\ntitle: {title}\n---\n\n{body.strip()}\n"
        for number, (name, title, body) in enumerate(sections, start=1)
    }
    return {"policy.yaml": _POLICY, **files}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return PolicyRepository(tmp_path_factory.mktemp("examples"))


def _read_redline(printed: str, *, with_titles: bool) -> str:
    """Return what `diff` printed without the names of what was compared, indents and languages."""
    lines = [line for line in printed.splitlines()[1:] if line.strip()]
    titles = with_titles or all(line.startswith("en  ") for line in lines)
    return "\n".join(
        line.strip().removeprefix("en  ") for line in lines if titles or not line.startswith("en  ")
    )


def test_there_are_examples_of_everything():
    assert len(EXAMPLES) == _PAGE.read_text(encoding="utf-8").count("\nRedline:\n") >= 40


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_shown_as_on_the_page(repository, example):
    printed = repository.compare(_write_files(example.old), _write_files(example.new), "text")
    assert _read_redline(printed, with_titles="== " in example.old) == example.redline

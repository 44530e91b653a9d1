"""The admin page as an editor uses it: edits in the browser, what they leave on the disk, what is read of it.

The page asks the browser for a folder. Here that is one of the browser's own, filled from a clone, behind the
same interface (the picker itself is a window of the desktop). What the page leaves there goes back.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.chromium import chromium
from tests.helpers.command import HOUSE, Command, environment, run, story, versions
from tests.helpers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Fact files as the page itself lays them out, a section that was renamed, a translation that was confirmed.
TALE = """
start 2026-01-05
file facts/retention.yaml <<'END'
- id: account
  what:
    nb: Kontoen din
    en: Your account
  period: P2Y
END
file facts/audiences.yaml <<'END'
- id: members
  name:
    nb: Medlemmer
    en: Members
END
section nb/02-deling Deling "Vi deler navn med «trykkeriet»: [se her](https://example.no/).[^1]" "[^1]: Nå."
section en/02-deling Sharing "We share names with “the printer”: [see](https://example.no/).[^1]" "[^1]: Now."
sed -i '2a aliases:\\n- sharing' content/nb/02-deling.md
sed -i "2a translates: '012345678901'" content/en/02-deling.md
commit 2026-01-06
"""
_PICKER = "window.showDirectoryPicker = () => navigator.storage.getDirectory()"
_LEND = (HOUSE / "docs" / "lend.js").read_text(encoding="utf-8")
_RETURN = """async () => {
  const files = {};
  const walk = async (folder, before) => {
    for await (const [name, item] of folder.entries()) {
      if (item.kind === "directory") await walk(item, `${before}${name}/`);
      else files[before + name] = await (await item.getFile()).text();
    }
  };
  await walk(await navigator.storage.getDirectory(), "");
  return files;
}"""


@dataclass(frozen=True)
class Editor:
    """Somebody at the page, with a clone on the disk."""

    source: Path
    page: Any
    answered: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def lend(self) -> None:
        """Let the page have the folder."""
        content = (path for path in (self.source / "content").rglob("*") if path.is_file())
        files = {str(path.relative_to(self.source)): path.read_text(encoding="utf-8") for path in content}
        self.page.evaluate(_LEND, {**files, ".git/HEAD": "ref: refs/heads/main\n"})
        self.page.get_by_role("button", name="Local Repository").click()
        self.page.get_by_text("Deler").first.wait_for()

    def open(self, *names: str) -> None:
        for name in names:
            self.page.get_by_text(name).first.click()

    def box(self, path: str) -> Any:
        return self.page.locator(f'[data-key-path="{path}"]').locator("textarea, input[type=text]")

    def save(self) -> None:
        """Save, and bring what the page wrote to the disk."""
        self.page.get_by_role("button", name="Save").click()
        self.page.wait_for_url(re.compile(r"#/collections/\w+$"))  # the form closes when it is written
        for path, text in self.page.evaluate(_RETURN).items():
            if path.startswith("content/"):
                (self.source / path).parent.mkdir(exist_ok=True)
                (self.source / path).write_text(text, encoding="utf-8")

    def edited(self) -> list[str]:
        """Give the lines that Git finds taken away and added."""
        lines = run(self.source, "git", "diff", "--unified=0").splitlines()
        return [line for line in lines if line[0] in "+-" and line[:3] not in {"+++", "---"}]


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def editor(browser, tmp_path) -> Iterator[Editor]:
    origin = story(tmp_path / "origin", TALE)
    source = tmp_path / "clone"
    run(tmp_path, "git", "clone", "--quiet", origin, source)
    command = Command().line("serve", "--source", source, "--port", 0)
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment(PYTHONUNBUFFERED="1")
    )
    # So tall because the page lays out no field that is out of sight.
    context = browser.new_context(viewport={"width": 1280, "height": 2400})
    context.set_default_timeout(300_000)
    context.add_init_script(_PICKER)
    with server:
        try:
            server.stdout.readline()
            editor = Editor(source, context.new_page())
            editor.page.on("response", lambda answer: editor.answered.append(answer.url))
            editor.page.on("requestfailed", lambda asked: editor.failed.append((asked.url, asked.failure)))
            editor.page.goto(server.stdout.readline().split()[1])
            editor.lend()
            yield editor
        finally:
            context.close()
            server.terminate()


def test_a_section_edited_in_both_languages_differs_in_the_edited_words_alone(editor):
    editor.open("Deling")
    for language, old, new in (("nb", "trykkeriet", "trykkeriene"), ("en", "the printer", "the printers")):
        text = editor.page.locator(f"textarea[lang={language}]")
        text.fill(text.input_value().replace(old, new))
    editor.save()
    assert editor.edited() == [
        "-We share names with “the printer”: [see](https://example.no/).[^1]",
        "+We share names with “the printers”: [see](https://example.no/).[^1]",
        "-Vi deler navn med «trykkeriet»: [se her](https://example.no/).[^1]",
        "+Vi deler navn med «trykkeriene»: [se her](https://example.no/).[^1]",
    ]
    told = Command()("diff", "--source", editor.source).out
    assert "trykkeriene" in told
    assert "printers" in told


def test_a_fact_and_its_note_are_read_and_make_the_version_that_they_say(editor, tmp_path):
    editor.open("Lagringstid")
    editor.box("rows.0.period").fill("P3Y")
    editor.save()
    assert editor.edited() == ["-  period: P2Y", "+  period: P3Y"]
    editor.open("Endringsnotater")
    editor.page.get_by_role("button", name="New").first.click()
    editor.page.get_by_role("radio", name="major").click()
    editor.box("effective").fill("2026-12-24")
    editor.box("summary.nb").fill("Vi lagrer kontoen i **tre** år: lenger enn før.\n\nDet er nytt.")
    editor.box("summary.en").fill("We keep the account for **three** years: longer.\n\nThat is new.")
    editor.page.get_by_role("checkbox", name="action").click()
    editor.box("action.nb").fill("Du kan slette kontoen før den dagen.")
    editor.box("action.en").fill("You can delete the account before that day.")
    editor.box("affects").fill("members")
    editor.save()
    run(editor.source, "git", "add", "--all")
    run(editor.source, "git", "commit", "--quiet", "--message", "Endre")
    done = Command().build(editor.source, tmp_path / "out")
    assert (done.code, done.err) == (0, ())
    newest = versions(tmp_path / "out")["versions"][-1]
    assert (newest["version"], newest["level"], newest["effective"]) == ("2.0", "major", "2026-12-24")
    assert newest["languages"]["en"]["action"] == "You can delete the account before that day."
    assert newest["notes"][0].startswith("changes/20")


def test_the_page_reaches_nobody_but_the_preview(editor):
    own = editor.page.url.split("admin/")[0]
    wait_until(
        lambda: (
            f"{own}admin/icons.woff2" in editor.answered
            and any(not url.startswith(own) for url, _ in editor.failed)
        ),
        "its own letters had, those of others refused",
        lambda seconds: editor.page.wait_for_timeout(seconds * 1000),
    )
    assert [url for url in editor.answered if not url.startswith((own, "blob:", "data:"))] == []
    # It would ask others for its letters: the preview's headers hold it, not the lack of a network.
    assert {why for url, why in editor.failed if not url.startswith(own)} == {"csp"}

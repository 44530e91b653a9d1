"""The admin page as an editor uses it: edits in the browser, and the files they write.

The page asks the browser for a folder. The folder picker is a window of the desktop, so the tests give the
page a private file system of the browser instead: filled from a clone, and copied back after a save.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.cli import (
    REPOSITORY,
    BuildCommand,
    create_history,
    neutral_environment,
    read_versions,
    run_command,
)
from tests.helpers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Fact files in the format that the page writes, a renamed section, a confirmed translation.
HISTORY = """
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
_REPLACE_PICKER = "window.showDirectoryPicker = () => navigator.storage.getDirectory()"
_COPY_IN = (REPOSITORY / "docs" / "copy_files_to_browser.js").read_text(encoding="utf-8")
_COPY_OUT = """async () => {
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
    """An editor at the admin page, with a clone on the disk."""

    source: Path
    page: Any
    responses: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)

    def open_folder(self) -> None:
        """Give the page the folder."""
        content = (path for path in (self.source / "content").rglob("*") if path.is_file())
        files = {str(path.relative_to(self.source)): path.read_text(encoding="utf-8") for path in content}
        self.page.evaluate(_COPY_IN, {**files, ".git/HEAD": "ref: refs/heads/main\n"})
        self.page.get_by_role("button", name="Local Repository").click()
        self.page.get_by_text("Deler").first.wait_for()

    def click_through(self, *names: str) -> None:
        for name in names:
            self.page.get_by_text(name).first.click()

    def find_input(self, path: str) -> Any:
        return self.page.locator(f'[data-key-path="{path}"]').locator("textarea, input[type=text]")

    def save(self) -> None:
        """Save, and copy what the page wrote to the clone."""
        self.page.get_by_role("button", name="Save").click()
        self.page.wait_for_url(re.compile(r"#/collections/\w+$"))  # the form closes when the file is written
        for path, text in self.page.evaluate(_COPY_OUT).items():
            if path.startswith("content/"):
                (self.source / path).parent.mkdir(exist_ok=True)
                (self.source / path).write_text(text, encoding="utf-8")

    def read_diff(self) -> list[str]:
        """Return the deleted and added lines of `git diff`."""
        lines = run_command(self.source, "git", "diff", "--unified=0").splitlines()
        return [line for line in lines if line[0] in "+-" and line[:3] not in {"+++", "---"}]


@pytest.fixture
def editor(browser, tmp_path) -> Iterator[Editor]:
    origin = create_history(tmp_path / "origin", HISTORY)
    source = tmp_path / "clone"
    run_command(tmp_path, "git", "clone", "--quiet", origin, source)
    command = BuildCommand().arguments("serve", "--source", source, "--port", 0)
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=neutral_environment(PYTHONUNBUFFERED="1")
    )
    # Tall, because the page renders no field that is out of sight.
    context = browser.new_context(viewport={"width": 1280, "height": 2400})
    context.set_default_timeout(300_000)
    context.add_init_script(_REPLACE_PICKER)
    with server:
        try:
            server.stdout.readline()
            editor = Editor(source, context.new_page())
            editor.page.on("response", lambda answer: editor.responses.append(answer.url))
            editor.page.on("requestfailed", lambda asked: editor.failures.append((asked.url, asked.failure)))
            editor.page.goto(server.stdout.readline().split()[1])
            editor.open_folder()
            yield editor
        finally:
            context.close()
            server.terminate()


def test_editing_a_section_in_both_languages_changes_only_the_edited_words(editor):
    editor.click_through("Deling")
    for language, old, new in (("nb", "trykkeriet", "trykkeriene"), ("en", "the printer", "the printers")):
        text = editor.page.locator(f"textarea[lang={language}]")
        text.fill(text.input_value().replace(old, new))
    editor.save()
    assert editor.read_diff() == [
        "-We share names with “the printer”: [see](https://example.no/).[^1]",
        "+We share names with “the printers”: [see](https://example.no/).[^1]",
        "-Vi deler navn med «trykkeriet»: [se her](https://example.no/).[^1]",
        "+Vi deler navn med «trykkeriene»: [se her](https://example.no/).[^1]",
    ]
    diff = BuildCommand()("diff", "--source", editor.source).out
    assert "trykkeriene" in diff
    assert "printers" in diff


@pytest.mark.long
def test_a_saved_fact_and_note_are_read_and_give_the_expected_version(editor, tmp_path):
    editor.click_through("Lagringstid")
    editor.find_input("rows.0.period").fill("P3Y")
    editor.save()
    assert editor.read_diff() == ["-  period: P2Y", "+  period: P3Y"]
    editor.click_through("Endringsnotater")
    editor.page.get_by_role("button", name="New").first.click()
    editor.page.get_by_role("radio", name="major").click()
    editor.find_input("effective").fill("2026-12-24")
    editor.find_input("summary.nb").fill("Vi lagrer kontoen i **tre** år: lenger enn før.\n\nDet er nytt.")
    editor.find_input("summary.en").fill("We keep the account for **three** years: longer.\n\nThat is new.")
    editor.page.get_by_role("checkbox", name="action").click()
    editor.find_input("action.nb").fill("Du kan slette kontoen før den dagen.")
    editor.find_input("action.en").fill("You can delete the account before that day.")
    editor.find_input("affects").fill("members")
    editor.save()
    run_command(editor.source, "git", "add", "--all")
    run_command(editor.source, "git", "commit", "--quiet", "--message", "Endre")
    done = BuildCommand().build(editor.source, tmp_path / "out")
    assert (done.code, done.err) == (0, ())
    newest = read_versions(tmp_path / "out")["versions"][-1]
    assert (newest["version"], newest["level"], newest["effective"]) == ("2.0", "major", "2026-12-24")
    assert newest["languages"]["en"]["action"] == "You can delete the account before that day."
    assert newest["notes"][0].startswith("changes/20")


@pytest.mark.long
def test_the_page_sends_requests_to_the_preview_only(editor):
    own = editor.page.url.split("admin/")[0]
    wait_until(
        lambda: (
            f"{own}admin/icons.woff2" in editor.responses
            and any(not url.startswith(own) for url, _ in editor.failures)
        ),
        "its own letters had, those of others refused",
        lambda seconds: editor.page.wait_for_timeout(seconds * 1000),
    )
    assert [url for url in editor.responses if not url.startswith((own, "blob:", "data:"))] == []
    # It would load fonts from elsewhere: the Content-Security-Policy blocks that, not the missing network.
    assert {why for url, why in editor.failures if not url.startswith(own)} == {"csp"}

"""Mistakes in content/: each is reported in one line, all of them at once, and the site stays as it was."""

from __future__ import annotations

import os
import re
import shutil

import pytest

from tests.helpers.cli import BuildCommand, CommandResult, create_history, hash_files, run_command

build = BuildCommand().build

HEAD = "---\ntitle: Ny\n---\n"
UNREADABLE = {
    "facts/cookies.yaml": "- {id: a, name: x, perod: P1Y}\n",
    "facts/purposes.yaml": "- id: a\n  name: x\n  name: y\n",
    "facts/categories.yaml": "- &a {id: a, name: !!str x}\n- *a\n",
    "facts/recipients.yaml": "name: x\n",
    "facts/audiences.yaml": "- {id: a, name: {nb: A}}\n- {id: b, name: {nb: A, en: A, se: A}}\n",
    "facts/sources.yaml": "[" * 100_000,
    "facts/rights.yaml": "access: a\n\tb\n",
    "facts/cookie.yaml": "",
    "changes/latin.yaml": b"level: minor\nsummary: {nb: bl\xe5, en: x}\n",
    "changes/undated.yaml": "level: major\nsummary: x\naction: y\n",
    "changes/mayor.yaml": "summary: x\nlevel: mayor\n",
    "changes/nothing.yaml": "# bare en merknad\n",
    "changes/leap.yaml": "level: minor\neffective: 2026-02-30\nsummary: x\n",
    "changes/two.yaml": "level: minor\nsummary: x\n---\nreason: y\n",
    "changes/long.yml": "level: minor\n",
    "nb/07-stor.md": HEAD + "a" * (1 << 20),
    "nb/09-uten.md": "Bare ord.\n",
    "nb/10-tittel.md": "---\naliases: [a]\n---\n",
    "nb/11-mottakere.md": HEAD,
    "nb/12-KONTAKT.md": HEAD,
    "nb/13-lov.md": "---\ntitle: Lov\naliases: [klage]\ntranslates: 12\n---\n",
    "nb/kontakt.md": HEAD,
    "fakta/x.yaml": "",
    "notater.txt": "",
}
SAID = """
facts/cookies.yaml:1:20: unknown key 'perod'; did you mean 'period'?
facts/purposes.yaml:3:3: duplicate key 'name'; see line 2
facts/categories.yaml:1:3: YAML anchors (&a) are not allowed; write the value out
facts/categories.yaml:1:20: YAML tags (.*) are not allowed; remove it
facts/categories.yaml:2:3: YAML aliases (*a) are not allowed; write the value out
facts/recipients.yaml:1:1: expected a list; start each line with '- '
facts/audiences.yaml:1:17: the text in 'en' is missing; add a line 'en: …'
facts/audiences.yaml:2:32: unknown key 'se'; valid names: en, nb
facts/sources.yaml:1:33: nested more than 32 levels deep; use fewer levels
facts/rights.yaml:2:.*: tabs are not allowed here; use spaces instead
facts/cookie.yaml:1:1: 'cookie.yaml' is not a fact file; did you mean 'cookies.yaml'?
changes/latin.yaml:2:17: not valid UTF-8; save the file as UTF-8
changes/undated.yaml:1:8: a major change needs an effective date; add a line 'effective
changes/mayor.yaml:2:8: 'mayor' is not a known value; did you mean 'major'?
changes/nothing.yaml:1:1: no keys found; write them, or remove the file
changes/leap.yaml:2:12: .*2026-12-22
changes/two.yaml:3:1: a second YAML document begins here; remove the line ---
changes/long.yml:1:1: 'long.yml' is not a change note; name it like
nb/05-lenke.md:1:1: symbolic links are not allowed here; replace it with a regular file
nb/06-ror.md:1:1: not a regular file; replace it with a regular file
nb/07-stor.md:1:1: the file is larger than 512 KiB; split it
nb/08-kjempe.md:1:1: the file is larger than 512 KiB; split it
nb/09-uten.md:1:1: the front matter is missing; start the file with ---
nb/10-tittel.md:2:1: the key 'title' is missing; add a line 'title: …'
nb/11-mottakere.md:1:1: the id 'mottakere' is used twice; see .*; rename one of them
nb/12-KONTAKT.md:1:1: the id 'KONTAKT' is used twice; see .*; rename one of them
nb/13-lov.md:4:13: not a fingerprint of a section; run build.py confirm to write it
nb/kontakt.md:1:1: 'kontakt.md' is not a section file; name it like 06-deling.md
fakta/x.yaml:1:1: 'fakta/x.yaml' is not part of a policy; move it out of content/
notater.txt:1:1: 'notater.txt' is not part of a policy; move it out of content/
"""
UNFOUNDED = {
    "nb/01-kontakt.md": "---\ntitle: Ring {{ controller.nam }}\n---\n\n"
    "Å {{ controller.emial }}\nog [her]({{ no.where }})\n\n"
    "- {{half\n- {% if x %}\n\n[vc_row a]\n\n"
    "| a |\n|---|\n| {{ rett.access }} |\n\n"
    "i {{ table: retention }} ord\n\n{{ table: retensjon }}\n",
    "facts/retention.yaml": "- {id: account, what: x, period: P2Y, data: [names]}\n"
    "- {id: account, what: y}\n",
    "facts/categories.yaml": "- {id: name, name: x}\n",
    "facts/recipients.yaml": "- {id: a, name: x, country: XX}\n- {id: b, name: x, country: EU}\n",
    "changes/ny.yaml": "level: minor\nsummary:\n  nb: Se {{ retention.acount.period }}\n  en: See {{ x\n",
    "en/03-klage.md": "---\ntitle: Complaint\n---\n",
}
FOUND = """
nb/01-kontakt.md:2:.*: unknown placeholder 'controller.nam'; did you mean 'controller.name'?
nb/01-kontakt.md:5:3: unknown placeholder 'controller.emial'; did you mean 'controller.email'?
nb/01-kontakt.md:6:10: unknown placeholder 'no.where'; valid names:
nb/01-kontakt.md:8:3: leftover markup in the text: '{{'; write it as a placeholder
nb/01-kontakt.md:9:3: leftover markup in the text: '{%'; write it as a placeholder
nb/01-kontakt.md:11:1: leftover markup in the text: '[vc_'; write it as a placeholder
nb/01-kontakt.md:15:3: unknown placeholder 'rett.access'
nb/01-kontakt.md:17:3: the table 'retention' is inside a line of text; put it on a line of its own
nb/01-kontakt.md:19:1: there is no table 'retensjon'; did you mean 'retention'?
facts/retention.yaml:1:.*: no row of categories has the id 'names'; did you mean 'name'?
facts/retention.yaml:2:8: the id 'account' is used twice; see line 1; rename one of them
facts/recipients.yaml:1:29: there is no country 'XX'; write two ISO 3166-1 letters
facts/recipients.yaml:2:29: there is no country 'EU'; write two ISO 3166-1 letters
changes/ny.yaml:3:.*: unknown placeholder 'retention.acount.period'; did you mean 'retention.account.pe
changes/ny.yaml:4:.*: leftover markup in the text: '{{'; write it as a placeholder
en/03-klage.md:1:1: the same section is called content/nb/04-klage.md; rename this file to 04-klage.md
"""


def lines(text: str) -> list[str]:
    return [f"content/{line}" for line in text.strip().splitlines()]


def write(source, contents):
    for path, content in contents.items():
        target = source / "content" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())


def refused(source, sample_out, tmp_path, *options) -> CommandResult:
    """Build what must be refused over a good site, and assert that this changed nothing."""
    out = shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    before, link = hash_files(out), (out / "current").readlink()
    result = build(source, out, *options)
    assert (result.code, result.out) == (2, "")
    assert (hash_files(out), (out / "current").readlink()) == (before, link)
    assert all(re.fullmatch(r"content/\S+?:\d+:\d+: .+; .+", line) for line in result.err), result.err
    return result


@pytest.fixture(scope="module")
def unreadable(sample_history, sample_out, tmp_path_factory) -> CommandResult:
    tmp_path = tmp_path_factory.mktemp("unreadable")
    source = shutil.copytree(sample_history, tmp_path / "source")
    write(source, UNREADABLE)
    (source / "content" / "nb" / "05-lenke.md").symlink_to("01-kontakt.md")
    os.mkfifo(source / "content" / "nb" / "06-ror.md")
    with (source / "content" / "nb" / "08-kjempe.md").open("wb") as file:
        file.truncate(50 << 20)
    return refused(source, sample_out, tmp_path, "--draft")


@pytest.fixture(scope="module")
def unfounded(sample_history, sample_out, tmp_path_factory) -> CommandResult:
    tmp_path = tmp_path_factory.mktemp("unfounded")
    source = shutil.copytree(sample_history, tmp_path / "source")
    (source / "content" / "en" / "04-klage.md").unlink()
    write(source, UNFOUNDED)
    return refused(source, sample_out, tmp_path, "--draft")


def is_said(wanted: str, result: CommandResult) -> bool:
    pattern = ".*".join(map(re.escape, wanted.split(".*")))
    return len([line for line in result.err if re.match(pattern, line)]) == 1


@pytest.mark.parametrize("line", lines(SAID))
def test_what_cannot_be_read_is_one_line_that_says_what_to_do(line, unreadable):
    assert is_said(line, unreadable), unreadable.err


@pytest.mark.parametrize("line", lines(FOUND))
def test_what_is_named_but_not_there_is_one_line_with_the_nearest_name(line, unfounded):
    assert is_said(line, unfounded), unfounded.err


def test_nothing_else_is_said(unreadable, unfounded):
    for result, said in ((unreadable, SAID), (unfounded, FOUND)):
        sample_out = [line for line in result.err if any(is_said(wanted, result) for wanted in lines(said))]
        assert len(sample_out) == len(lines(said)) == len(result.err), result.err


def test_what_is_committed_is_refused_like_what_is_not(sample_history, sample_out, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    write(source, {"nb/07-stor.md": HEAD + "a" * (1 << 20), "en/notes.md": "x"})
    (source / "content" / "nb" / "05-lenke.md").symlink_to("../../../../etc/passwd")
    create_history(source, "commit 2026-05-01")
    run_command(source, "git", "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},content/vendor")
    run_command(source, "git", "commit", "--quiet", "--amend", "-m", "x")
    result = refused(source, sample_out, tmp_path)
    assert [line.split(";")[0] for line in result.err] == [
        "content/en/notes.md:1:1: 'notes.md' is not a section file",
        "content/nb/05-lenke.md:1:1: symbolic links are not allowed here",
        "content/nb/07-stor.md:1:1: the file is larger than 512 KiB",
        "content/vendor:1:1: this folder is a submodule, so its files are in another repository",
    ]


def test_settings_without_which_there_is_no_policy_are_refused_together(sample_history, sample_out, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    bad = "title: x\nbase_url: https://example.no\nlanguages: [nb, se]\ncontroler: {name: x}\nshow_days: -1\n"
    write(source, {"policy.yaml": bad})
    result = refused(source, sample_out, tmp_path, "--draft")
    assert [line.split(";")[0] for line in result.err] == [
        "content/policy.yaml:1:1: the key 'controller' is missing",
        "content/policy.yaml:2:11: a base URL must end with /",
        "content/policy.yaml:3:17: 'se' is not a known value",
        "content/policy.yaml:4:1: unknown key 'controler'",
        "content/policy.yaml:5:12: the number is too small",
    ]


def test_a_policy_without_settings_or_sections_is_refused(sample_history, sample_out, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    for path in source.glob("content/*/*.md"):
        path.unlink()
    (source / "content" / "policy.yaml").unlink()
    assert refused(source, sample_out, tmp_path, "--draft").err == (
        (
            "content/policy.yaml:1:1: the file is missing; "
            "create it with title, base_url, languages and controller"
        ),
    )
    shutil.rmtree(source / "content")
    result = build(source, tmp_path / "none", "--draft")
    assert (result.code, len(result.err)) == (2, 1)


def test_two_files_whose_names_differ_in_their_unicode_form_alone_are_refused(
    sample_history, sample_out, tmp_path
):
    source = shutil.copytree(sample_history, tmp_path / "source")
    write(source, {"nb/06-å.md": f"{HEAD}Den ene.\n", "nb/06-a\u030a.md": f"{HEAD}Den andre.\n"})
    (line,) = refused(source, sample_out, tmp_path, "--draft").err
    assert "two files have the same name in different Unicode forms" in line

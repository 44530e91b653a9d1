"""An import into content that is there: a second language, a text that replaces one, the same file again."""

import pytest

from common.errors import InputError
from policy.loader import load_policy
from tests.helpers.imports import import_document

NORWEGIAN = """# Personvernerklæring

## Hvem vi er

Nordlys AS er behandlingsansvarlig. Skriv til post@nordlys.no.

## Hva vi lagrer

Vi lagrer dette om deg:

- navn
- adresse

## Hvor lenge

Vi sletter etter 24 måneder.

## Dine rettigheter

Du kan klage til [Datatilsynet](https://www.datatilsynet.no).
"""
ENGLISH = """# Privacy policy

## About us

Nordlys AS is the controller. Write to post@nordlys.no.

## What we keep

We keep this about you:

- name
- address

## Your rights

You can complain to [the authority](https://www.datatilsynet.no).

## Cookies

We use none, and that is all there is to say about them.
"""


def _load(files):
    return load_policy({f"content/{path}": text.encode() for path, text in files.items()})


def test_a_second_language_gets_the_ids_of_the_first(tmp_path):
    import_document(tmp_path, NORWEGIAN, "nb.md")
    imported = import_document(tmp_path, ENGLISH, "en.md", language="en")
    assert [path for path in imported.files if path.startswith("en/")] == [
        "en/01-hvem-vi-er.md",
        "en/02-hva-vi-lagrer.md",
        "en/04-cookies.md",
        "en/04-dine-rettigheter.md",
    ]
    assert "languages: [nb, en]" in imported.files["policy.yaml"]
    assert 'title: {nb: "Personvernerklæring", en: "Privacy policy"}' in imported.files["policy.yaml"]
    assert _load(imported.files).languages == ("nb", "en")


def test_every_pair_and_what_has_none_is_reported(tmp_path):
    import_document(tmp_path, NORWEGIAN, "nb.md")
    report = import_document(tmp_path, ENGLISH, "en.md", language="en").report
    assert "pair: 'Your rights' is 'Dine rettigheter' (04-dine-rettigheter)" in report
    assert "to do: 'Hvor lenge' has no translation in the file" in report
    assert "to do: 'Cookies' has no section in the first language" in report


def test_a_second_language_must_be_named(tmp_path):
    before = import_document(tmp_path, NORWEGIAN, "nb.md").files
    with pytest.raises(InputError, match="add --language en"):
        import_document(tmp_path, ENGLISH, "en.md")
    assert import_document(tmp_path, NORWEGIAN, "nb.md").files == before


@pytest.mark.parametrize("code", ["sv", "xx", "EN", "../x"])
def test_a_language_that_there_is_not_is_refused(tmp_path, code):
    with pytest.raises(InputError, match="the languages are en, nb, nn"):
        import_document(tmp_path, ENGLISH, "en.md", language=code)
    assert not (tmp_path / "site").exists()


def test_both_languages_again_change_nothing(tmp_path):
    import_document(tmp_path, NORWEGIAN, "nb.md")
    files = import_document(tmp_path, ENGLISH, "en.md", language="en").files
    assert import_document(tmp_path, ENGLISH, "en.md", language="en").files == files
    assert import_document(tmp_path, NORWEGIAN, "nb.md").files == files


CHANGED = NORWEGIAN.replace(
    "## Hvor lenge\n\nVi sletter etter 24 måneder.\n", "## Sletting\n\nEtter 12 måneder.\n"
)


def test_another_text_is_refused_with_all_the_files_that_it_concerns(tmp_path):
    before = import_document(tmp_path, NORWEGIAN, "nb.md").files
    with pytest.raises(InputError) as caught:
        import_document(tmp_path, CHANGED, "nb.md")
    assert "content/nb/03-hvor-lenge.md;" in str(caught.value)
    assert import_document(tmp_path, NORWEGIAN, "nb.md").files == before


def test_a_text_replaces_the_one_in_its_language_and_nothing_else(tmp_path):
    import_document(tmp_path, NORWEGIAN, "nb.md")
    import_document(
        tmp_path, ENGLISH.replace("## Your", "## How long\n\n24 months.\n\n## Your"), "en.md", language="en"
    )
    (tmp_path / "site/content/changes").mkdir()
    (tmp_path / "site/content/changes/2024-01-01-a.yaml").write_text("level: minor\n")
    imported = import_document(tmp_path, CHANGED, "nb.md", replace=True)
    assert [path for path in imported.files if path.startswith("nb/")] == [
        "nb/01-hvem-vi-er.md",
        "nb/02-hva-vi-lagrer.md",
        "nb/03-sletting.md",
        "nb/04-dine-rettigheter.md",
    ]
    assert "en/03-hvor-lenge.md" in imported.files
    assert "changes/2024-01-01-a.yaml" in imported.files
    assert "period: P24M" in imported.files["facts/retention.yaml"]
    assert [
        line for line in imported.report if not line.startswith(("to do: controller", "to do: base"))
    ] == [
        "language: the file names none, and the words are those of 'nb'",
        "kept as it is: content/policy.yaml",
        "kept as it is: content/facts/retention.yaml",
        "removed: content/nb/03-hvor-lenge.md",
        "to do: content/en/03-hvor-lenge.md translates a section that was removed",
    ]


def test_a_folder_that_cannot_be_written_gives_one_line(tmp_path):
    (tmp_path / "site").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        import_document(tmp_path, NORWEGIAN, "nb.md")

"""Numbered lines of a page builder's text become headings; what only might be one is offered."""

from tests.helpers.imports import import_document

BUILDER = """[vc_row][vc_column][vc_custom_heading text="Personvernerklæring"][vc_column_text]
SMB Norge er behandlingsansvarlig.

1. Hva er personopplysninger?
Personopplysninger er alt som kan knyttes til deg.
Vi samler inn:

1. Navn
2. Adresse
3. Telefon

<strong>2. Hvorfor samler vi inn?</strong>

Fordi vi må. Fra 20. juli 2024 gjelder dette:

20. juli 2024 er dagen

2. Sletting

Nyhetsbrev

Vi sender deg nyhetsbrev hvis du har bedt om det, og bare da. Du kan melde deg av når som helst.

5. Kontakt

Skriv til oss.
[/vc_column_text][/vc_column][/vc_row]
"""
TAKEN = "'1. Hva er personopplysninger?', '2. Hvorfor samler vi inn?', '2. Sletting', '5. Kontakt'"
INTRODUCTION = "Fordi vi må. Fra 20. juli 2024 gjelder dette:"


def test_numbered_lines_of_a_builders_text_become_sections(tmp_path):
    imported = import_document(tmp_path, BUILDER)
    assert imported.titles == [
        "Personvernerklæring",
        "Hva er personopplysninger?",
        "Hvorfor samler vi inn?",
        "Sletting",
        "Kontakt",
    ]
    assert imported.sections["nb/02-hva-er-personopplysninger.md"] == (
        "Personopplysninger er alt som kan knyttes til deg.  \nVi samler inn:\n\n"
        "1\\. Navn  \n2\\. Adresse  \n3\\. Telefon"
    )
    assert imported.sections["nb/03-hvorfor-samler-vi-inn.md"].endswith("\n\n20. juli 2024 er dagen")
    assert 'title: "Personvernerklæring"' in imported.files["policy.yaml"]


def test_what_was_taken_and_what_only_might_be_a_heading_is_reported(tmp_path):
    assert import_document(tmp_path, BUILDER).report[:-4] == [
        f"numbered lines as headings (4): {TAKEN}",
        "perhaps a heading: 'Nyhetsbrev'; write ## before it if it is one",
        f"lost list: in 'Hvorfor samler vi inn?' nothing follows '{INTRODUCTION}'",
        "number used twice: 2 precedes 'Hvorfor samler vi inn?', 'Sletting'",
        "number skipped: 5 precedes 'Kontakt', and 3 is missing",
    ]


def test_numbered_lines_below_headings_stay_text(tmp_path):
    text = "<h2>Om</h2>\n\nA.\n\n<h2>Deg</h2>\n\n1. Navn\n\nDet er ditt.\n\n<h2>Oss</h2>\n\nB."
    imported = import_document(tmp_path, text)
    assert imported.titles == ["Om", "Deg", "Oss"]
    assert "perhaps a heading: '1. Navn'; write ## before it if it is one" in imported.report


def test_a_line_that_continues_the_numbers_of_headings_is_one(tmp_path):
    headings = "<h3>1. Om</h3>\n\nA.\n\n<h3>2. Deg</h3>\n\nB."
    text = f"{headings}\n\n3. Oss\n\nC.\n\n<strong>3.1 Mer</strong>\n\nD.\n\n4. Slutt."
    imported = import_document(tmp_path, text)
    assert imported.titles == ["Om", "Deg", "Oss"]
    assert imported.sections["nb/03-oss.md"] == "C.\n\n## Mer\n\nD.\n\n4. Slutt."


def test_subordinate_numbers_are_headings_inside_sections(tmp_path):
    text = "1. Om oss\n\n1.1 Hvem\n\nVi.\n\n1.2 Hva\n\nAlt.\n\n2. Deg\n\nDu."
    imported = import_document(tmp_path, text)
    assert imported.sections == {
        "nb/01-om-oss.md": "## Hvem\n\nVi.\n\n## Hva\n\nAlt.",
        "nb/02-deg.md": "Du.",
    }


def test_a_numbered_heading_without_text_is_reported_and_no_list(tmp_path):
    imported = import_document(tmp_path, "1. Om\n\nA.\n\n2. Deg\n\n3. Oss\n\nB.")
    assert imported.titles == ["Om", "Deg", "Oss"]
    assert "empty section: there is nothing under 'Deg'" in imported.report

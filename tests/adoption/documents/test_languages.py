"""The language of a page is the one that it declares, or else the one that its words are in."""

import pytest

from adoption.documents.importer import import_policy
from policy.loader import load_policy

PAGES = {
    "nb": """<h2>Hvem er ansvarlig?</h2><p>Nordlys Forening er behandlingsansvarlig. Vi heter nå Nordlys,
    tidligere kjent som Lysforeningen, og spør du oss, svarer vi.</p><h2>Hvor lenge lagrer vi?</h2><p>Vi
    lagrer opplysningene i to år. Loggene sletter vi etter seks uker, og vi deler dem ikke med andre.</p>""",
    "nn": """<h2>Kven er ansvarleg?</h2><p>Nordlys Foreining er behandlingsansvarleg. Vi heiter no Nordlys,
    tidlegare kjend som Lysforeininga, og spør du oss, svarar vi.</p><h2>Kor lenge lagrar vi?</h2><p>Vi lagrar
    opplysningane i to år. Loggane slettar vi etter seks veker, og vi deler dei ikkje med andre.</p>""",
    "en": """<h2>Who is responsible?</h2><p>Nordlys Association is the controller. We are now called Nordlys,
    formerly known as Lysforeningen, and if you ask us, we answer.</p><h2>How long do we keep data?</h2><p>We
    keep the data for two years. We delete the logs after six weeks and do not share them with others.</p>""",
}


def import_page(folder, code: str, declared: str):
    file = folder / "page.html"
    language = f' lang="{declared}"' if declared else ""
    title = f"<title>Personvern</title></head><body><main>{PAGES[code]}</main></body></html>"
    file.write_text(f"<!DOCTYPE html><html{language}><head>{title}", encoding="utf-8")
    return load_policy({path: text.encode() for path, text in import_policy(file).files.items()})


@pytest.mark.parametrize(
    ("code", "declared"),
    [
        ("nb", "nb-NO"),
        ("nb", "no"),
        ("nb", ""),
        ("nn", "nn-NO"),
        ("nn", "nn"),
        ("nn", "no"),
        ("nn", ""),
        ("en", "en-GB"),
        ("en", ""),
    ],
)
def test_a_page_is_imported_in_its_language(tmp_path, code, declared):
    assert import_page(tmp_path, code, declared).languages == (code,)


def test_names_and_periods_are_found_in_nynorsk(tmp_path):
    policy = import_page(tmp_path, "nn", "nn")
    assert policy.settings.controller.name.get_text("nn") == "Nordlys Foreining"
    assert policy.settings.controller.former_names == ("Lysforeininga",)
    assert [row.period.iso for row in policy.facts.retention if row.period] == ["P2Y", "P6W"]

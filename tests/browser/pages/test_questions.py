"""Ten questions of readers, each answered within one screen of a phone, two taps from the front page."""

from __future__ import annotations

from typing import NamedTuple

import pytest

_PHONE = {"viewport": {"width": 390, "height": 844}}
_MOST_TAPS = 2
_LINE = 20  # CSS pixels


class Question(NamedTuple):
    """A question, the names of the links that a reader taps, and words of the answer in sight then."""

    words: str
    taps: tuple[str, ...]
    answer: str


QUESTIONS = (
    Question("Hvem har opplysningene?", ("Kontakt",), "SMB Norge"),
    Question("Hva har dere om meg?", ("Innhold", "Hvilke personopplysninger vi samler inn"), "IP-adresse"),
    Question("Hvorfor?", ("Innhold", "Hvorfor vi samler inn personopplysninger"), "anbefalinger og tips"),
    Question("Hvor lenge?", ("Innhold", "Lagringstid og sletting"), "2 år"),
    Question("Hvem får dem?", ("Innhold", "Hvem vi deler opplysninger med"), "tjenesteleverandørene våre"),
    Question("Hva blir endret?", (), "Rettigheter lagt til"),
    Question("Fra når?", (), "Fra 22. desember 2026"),
    Question("Hva kan jeg gjøre?", ("Dette kan du gjøre",), "Skriv til post@smbnorge.no"),
    Question(
        "Hvordan får jeg noe slettet?",
        ("Rettighetene dine", "Få opplysninger slettet"),
        "Be om sletting på e-post",
    ),
    Question("Hva gjaldt 25. november 2026?", ("Endringer", "Hva som gjaldt på en dato"), "Versjon 1.12"),
)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    "reader", [{**_PHONE, "java_script_enabled": False, "reduced_motion": "reduce"}], indirect=True
)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.words)
def test_a_question_is_answered_within_one_screen_two_taps_away(sites, reader, question):
    assert len(question.taps) <= _MOST_TAPS
    reader.goto(sites["own"].address)
    for name in question.taps:
        reader.get_by_role("link", name=name, exact=True).first.click()
    assert is_in_sight(reader, question.answer)


def is_in_sight(reader, words: str) -> bool:
    """Whether some element with the words is within the screen."""
    found = reader.get_by_text(words)
    boxes = [element.bounding_box() for element in found.all()]
    return any(box and 0 <= box["y"] <= _PHONE["viewport"]["height"] - _LINE for box in boxes)

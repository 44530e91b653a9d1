"""The language of a document: the one that it declares, or else the one that its words are in.

A text in a language that Klartekst does not have is refused by the name of its language. It must never be
published as another one, so the commonest languages of websites are known by their words.
"""

from __future__ import annotations

import re
from collections import Counter

from common.errors import InputError
from common.messages import Message
from languages.loader import get_language, list_language_codes
from languages.matching import EVERY_READER
from policy.fields import Locale
from policy.localization import format_english_language_name

# Words that every text has many of; those that a language shares with one of ours count for both.
_FOREIGN_WORDS = {
    "sv": "och vi du till på som är av inte om från de en ett vad bara mer vår våra dig med vid har för att",
    "da": "og vi du til på som er af ikke om fra de en et hvad kun mere vores dine dig med ved har jeres",
    "fi": "ja on ei se että joka olla tai kun myös sekä voi ovat mukaan henkilötietoja",
    "is": "og við þú til sem er af ekki um frá þeir það hvað með hjá hefur að þinn",
    "de": "und wir sie zu auf die der das ist von nicht über unsere ihre mit sind werden ein eine oder wenn",
    "nl": "en wij te op die dat is van niet over onze uw met zijn worden een of als het de voor",
    "fr": "et nous vous les des que est de pas sur nos vos avec sont une ou si le la pour dans par",
    "es": "nosotros usted los las que es de no sobre nuestros sus con son una si el la para en por",
    "it": "noi voi le che di non su nostri vostri con sono una se il la per nel dei della",
    "pt": "nós você os as que de não sobre nossos seus com são uma ou se para em por dos das",
    "pl": "my na że jest nie nasze dane się do są oraz lub jeśli przez danych dla",
}
# So many of its words must be in the text, and so many more than of the best of ours.
_MIN_LEAD = 3
_MIN_WORDS = 5


def detect_language(declared: str, text: str, chosen: Locale = "") -> Locale:
    """Return the chosen language, or else the one that a document declares, or that of its words.

    Raise InputError for a language that is not among `languages/`, declared or by the words of the text.
    """
    words = Counter(re.findall(r"\w+", text.casefold()))
    codes = list_language_codes()
    best = max(codes, key=lambda code: _rate(code, words))
    present = {code: len(words.keys() & set(some.split())) for code, some in _FOREIGN_WORDS.items()}
    foreign = max(present, key=present.__getitem__)
    lead = present[foreign] - len(words.keys() & _list_function_words(best))
    if present[foreign] >= _MIN_WORDS and lead >= _MIN_LEAD and foreign not in codes:
        raise refuse_language(foreign)
    if chosen:
        return chosen
    tag = declared.replace("_", "-").partition("-")[0].lower()
    if not tag:
        return best
    known = [code for code in codes if tag in (code, get_language(code).words.family)]
    if not known:
        raise refuse_language(tag)
    exact = [code for code in known if code == tag]
    return max(exact or known, key=lambda code: _rate(code, words))


def guess_language(text: str) -> Locale:
    """Return the one of our languages that most words of a text are in."""
    words = Counter(re.findall(r"\w+", text.casefold()))
    return max(list_language_codes(), key=lambda code: _rate(code, words))


def _rate(code: Locale, words: Counter[str]) -> tuple[int, bool]:
    """Return a sort key: of equals, the language that serves readers of every other one comes last."""
    count = sum(words[word] for word in _list_function_words(code))
    return count, EVERY_READER not in get_language(code).words.readers


def _list_function_words(locale: Locale) -> frozenset[str]:
    """Return words that every text of a language has many of; none if nobody has listed them."""
    patterns = get_language(locale).checks.import_
    return patterns.function_words if patterns else frozenset()


def is_name(words: str, locale: Locale) -> bool:
    """Whether words are more than function words and question words of a language."""
    return any(word not in _list_function_words(locale) for word in words.casefold().split())


def refuse_language(code: str) -> InputError:
    """Return the error about a language that is not among ours."""
    name = format_english_language_name(code)
    return InputError(
        Message(
            (
                "the text is in {language} ('{code}'), and the languages are {codes}; "
                "see docs/languages.md for how to add one"
            ),
            language=name,
            code=code,
            codes=", ".join(list_language_codes()),
        )
    )

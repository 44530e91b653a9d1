"""Significant words, Norwegian and English: an edit that touches one is never cosmetic.

They are numbers, dates, negations, modal verbs, conditions, actors and words of scope: «alle» is not «noen».
"""

from __future__ import annotations

import re

from policy.checks.quantities import ARTICLES, NUMBER_WORDS
from policy.fields import Locale

_NEGATION = """
ikke ei nei ingen intet ingenting ingensteds aldri uten verken hverken unntatt unntak unntaket bortsett
utenom neppe knapt heller avslå nekte nekter nektes forby forbyr forbudt slutte slutter opphører no not
never none nothing nobody nowhere neither nor without except excepting excluding exclude excludes excluded
exception exceptions hardly refuse refuses deny denies denied stop stops cease ceases prohibited forbidden
cannot
"""
_MODAL = """
kan kunne kunnet skal skulle skullet vil ville villet må måtte måttet bør burde tør får fikk fått lov rett
plikt plikter pliktig trenger behøver kreves krever påkrevd tillatt tillater obligatorisk frivillig
nødvendig can could may might must shall should will would need needs ought have has require requires
required permit permits permitted allow allows allowed mandatory optional voluntary necessary entitled
obliged obligation duty right rights
"""
_CONDITION = """
hvis dersom om når mens såfremt forutsatt forutsetning forutsetter med mindre inntil til før etter fra
siden ellers fordi selv samtykke samtykker samtykket samtykkes som der hvor så lenge if unless when
whenever where while until till before after since provided providing otherwise because whether upon
subject once consent consents consented who whom whose which that as long
"""
_SCOPE = """
all alle alt alltid bare kun utelukkende også noen noe noenting hver hvert enhver ethvert hele helt delvis
minst høyst maks maksimum maksimalt minimum mer mindre flere flest færre færrest ofte sjelden normalt
vanligvis hovedsak hovedsakelig deriblant inkludert inklusive inkludere inkluderer spesielt særlig eller
enten både andre annen annet visse enkelte straks umiddelbart midlertidig permanent fortsatt any each
every only also some something most many few several both either least maximum minimum more less fewer
always usually often sometimes rarely including include includes particular particularly especially or
other others certain entire whole just solely exclusively primarily mainly immediately temporarily
permanently still
"""
_ACTOR = """
jeg vi du dere han hun den det de man oss deg dem seg min din vår deres hans hennes mine dine våre vårt
ditt i we you he she it they us them me our ours your yours their theirs his her its my one
"""
_TIME = """
dag dager daglig uke uker ukentlig måned måneder månedlig år årlig time timer minutt minutter døgn januar
februar mars april mai juni juli august september oktober november desember mandag tirsdag onsdag torsdag
fredag lørdag søndag halv halvt dobbel dobbelt gang ganger day days daily week weeks weekly month months
monthly year years yearly annual annually hour hours minute minutes january february march june july
october december monday tuesday wednesday thursday friday saturday sunday half double twice first second
third første andre tredje
"""
# Who acts in a privacy policy, by the beginning of the word: «databehandleren», "customers".
_ROLES = re.compile(
    r"(behandlingsansvar|databehandler|underleverandør|leverandør|mottaker|avsender|partner|samarbeidspartner|"
    r"medlem|kunde|bruker|ansatt|arbeidstaker|arbeidsgiver|tilsyn|ombud|personvernombud|myndighet|barn|foresatt|"
    r"forelder|foreldre|tredjepart|selskap|virksomhet|organisasjon|forening|person$|personer|"
    r"controller|processor|subprocessor|sub-processor|provider|supplier|recipient|sender|partner|member|customer|"
    r"client|user|employe|authorit|officer|child|parent|guardian|third-part|compan|organi[sz]ation$|people|"
    r"organi[sz]ations|visitor|subscriber|besøkende|abonnent)"
)


def _collect_words(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in words.split())


# «om» is excluded: it is in every other sentence («ber om»), and a comma beside it is chance.
_PUNCTUATION_SENSITIVE_WORDS = _collect_words(
    _NEGATION, _CONDITION, "bare kun only unntatt except bortsett all alle"
) - {"om"}
_NUMBER_WORDS = frozenset(word for counted in NUMBER_WORDS.values() for word in counted)
_SIGNIFICANT = _collect_words(_NEGATION, _MODAL, _CONDITION, _SCOPE, _ACTOR, _TIME) | _NUMBER_WORDS


def is_significant(word: str) -> bool:
    """Whether a sentence may mean something else when this word changes."""
    word = _normalize_word(word)
    parts = word.split("-")
    return (
        _has_digit(word)
        or bool(_SIGNIFICANT.intersection((word, *parts)))
        or "n't" in word
        or bool(_ROLES.match(word))
        or parts[0] in {"ikke", "non"}
    )


def makes_punctuation_significant(word: str, locale: Locale) -> bool:
    """Whether a comma or full stop beside this word may decide its scope, as in "No. Data are shared."."""
    word = _normalize_word(word)
    is_number = word in NUMBER_WORDS[locale] and word not in ARTICLES
    return _has_digit(word) or word in _PUNCTUATION_SENSITIVE_WORDS or is_number or "n't" in word


def _normalize_word(word: str) -> str:
    return word.casefold().replace("’", "'")


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)

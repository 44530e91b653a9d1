"""Sentences of made-up policies, in bokmål and English: many that are alike, and none twice in a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_DATA = {
    "nb": "navnet ditt|adressen din|e-postadressen din|bestillingene dine|betalingene dine|bildene dine"
    "|svarene dine|loggen over besøk|telefonnummeret ditt|kvitteringene dine|avtalene dine|kursbevisene dine",
    "en": "your name|your address|your e-mail address|your orders|your payments|your photographs|your answers"
    "|the log of visits|your telephone number|your receipts|your contracts|your course certificates",
}
_PURPOSES = {
    "nb": "vi sender deg varene|du kan logge inn|vi svarer på spørsmål|regnskapet blir riktig|vi holder kurs"
    "|du får medlemsbladet|styret kan innkalle til møte|trykkeriet kan levere|vi finner feil på nettstedet",
    "en": "we send you the goods|you can log in|we answer questions|the accounts are correct|we hold courses"
    "|you get the magazine|the board can call a meeting|the printer can deliver"
    "|we find faults on the website",
}
_EVENTS = {
    "nb": "slutter som medlem|sier opp avtalen|har betalt siste faktura|ber om det|har vært på kurset"
    "|sletter kontoen|trekker tilbake samtykket",
    "en": "stop being a member|end the contract|have paid the last invoice|ask for it|have been on the course"
    "|erase the account|withdraw the consent",
}
_TEMPLATES = {
    "nb": (
        "Vi lagrer {data} i {number} år etter at du {event}.",
        "Vi trenger {data} for at {purpose}.",
        "Bare ansatte på kontor {number} kan lese {data}, slik at {purpose}.",
        "Hvis du {event}, sletter vi {data} innen {number} dager.",
        "Leverandøren vår behandler {data} når {purpose}, og aldri lenger enn {number} uker.",
        "Du kan be om en kopi av {data} også etter at du {event}.",
        "Når du {event}, gir vi {data} videre til skatteetaten i {number} måneder.",
        "Uten {data} kan det hende at {purpose} senere enn du ønsker.",
    ),
    "en": (
        "We keep {data} for {number} years after you {event}.",
        "We need {data} so that {purpose}.",
        "Only employees in office {number} may read {data}, which means that {purpose}.",
        "If you {event}, we erase {data} within {number} days.",
        "Our provider processes {data} when {purpose}, and never for longer than {number} weeks.",
        "You may ask for a copy of {data} even after you {event}.",
        "When you {event}, we pass {data} on to the tax office for {number} months.",
        "Without {data} it may happen that {purpose} later than you wish.",
    ),
}
# They share only small words with the sentences above, as rewritten paragraphs of real policies do.
_OTHER_TEMPLATES = {
    "nb": (
        "Styreleder {name} svarer på klager, og det koster ingenting.",
        "Nettstedet ligger på maskiner i {place}, som en stiftelse eier.",
        "Kameraene i {place} filmer døgnet rundt, men ingen ser på uten grunn.",
        "Gravferder, gaver og arv håndteres av advokat {name} alene.",
    ),
    "en": (
        "Chairwoman {name} deals with complaints, free of charge.",
        "This site runs on machines in {place} owned by a foundation.",
        "Cameras around {place} film day and night, although nobody watches without good cause.",
        "Funerals, gifts and inheritance: see solicitor {name} alone.",
    ),
}
_NAMES = ["Hansen", "Berg", "Dahl", "Lunde", "Moe", "Strand", "Vik", "Aas", "Holm", "Lie"]
_PLACES = ["Bodø", "Molde", "Hamar", "Larvik", "Alta", "Voss", "Narvik", "Skien", "Halden", "Mysen"]
_TITLES = {
    "nb": "Hva vi lagrer|Hvem som får se|Slik sletter vi|Dine rettigheter|Informasjonskapsler|Kontakt oss"
    "|Kameraer|Nyhetsbrev|Barn og unge|Sikkerhet|Leverandører|Klage",
    "en": "What we keep|Who may see it|How we erase|Your rights|Cookies|Contact us|Cameras|Newsletters"
    "|Children|Security|Providers|Complaints",
}
_TERMS = {
    "nb": "Konto|Medlem|Samtykke|Profil|Mottaker|Databehandler|Kapsel|Avtale|Logg|Tillitsvalgt",
    "en": "Account|Member|Consent|Profile|Recipient|Processor|Cookie|Contract|Log|Delegate",
}
_MODIFIERS = {
    "nb": "alltid|aldri|vanligvis|skriftlig|gratis|straks|trygt|elektronisk|månedlig|kryptert",
    "en": "always|never|usually|promptly|freely|safely|electronically|monthly|privately|nightly",
}


class Writer:
    """Writes the texts of one policy in one language; no sentence, title or term twice."""

    def __init__(self, random: Random, code: str) -> None:
        self.random = random
        self.code = code
        self._written: set[str] = set()

    def write_sentence(self) -> str:
        """Return a sentence much like the others of the policy."""
        return self._write_new(_TEMPLATES[self.code])

    def write_other_sentence(self) -> str:
        """Return a sentence that shares only small words with the others."""
        return self._write_new(_OTHER_TEMPLATES[self.code])

    def write_sentences(self, count: int) -> str:
        """Return some sentences on one line."""
        return " ".join(self.write_sentence() for _ in range(count))

    def write_title(self) -> str:
        """Return a title of a section or a heading."""
        title = self._choose_new(_TITLES[self.code])
        return title or f"{self.write_term()} {self.random.randint(10, 99)}"

    def write_term(self) -> str:
        """Return a noun."""
        return self._choose_new(_TERMS[self.code]) or self.write_number_word()

    def write_number_word(self) -> str:
        """Return a word that no other text has."""
        while (word := f"{self.random.choice('ABCDEFGHK')}{self.random.randint(100, 999)}") in self._written:
            pass
        self._written.add(word)
        return word

    def write_modifier(self) -> str:
        """Return an adverb, which fits anywhere well enough."""
        return self.random.choice(_MODIFIERS[self.code].split("|"))

    def write_address(self) -> str:
        """Return a web address that no other link has."""
        return f"https://example.org/{self.write_number_word().lower()}"

    def _write_new(self, templates: tuple[str, ...]) -> str:
        while (sentence := self._fill_in(self.random.choice(templates))) in self._written:
            pass
        self._written.add(sentence)
        return sentence

    def _fill_in(self, template: str) -> str:
        data, purpose, event = (
            self.random.choice(texts[self.code].split("|")) for texts in (_DATA, _PURPOSES, _EVENTS)
        )
        name, place = self.random.choice(_NAMES), self.random.choice(_PLACES)
        number = self.random.randint(2, 40)
        return template.format(data=data, purpose=purpose, event=event, number=number, name=name, place=place)

    def _choose_new(self, texts: str) -> str:
        left = [text for text in texts.split("|") if text not in self._written]
        chosen = self.random.choice(left) if left else ""
        self._written.add(chosen)
        return chosen

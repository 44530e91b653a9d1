"""The front page in every state: each history beside what the page must say on some days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import create_history
from tests.helpers.in_process import build
from tests.helpers.page_words import read_cards, read_links, read_main, read_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE = """
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-06-01 "Vi deler navn med noen." 'title: {nb: Navn deles, en: Names are shared}'
commit 2026-02-02
"""
THREE = f"""{ONE}
words nb/01-kontakt "Ring oss."
words en/01-kontakt "Call us."
note ring major 2026-06-01 "Du kan ringe oss." 'title: {{nb: Du kan ringe, en: You can call}}'
commit 2026-02-03
words nb/01-kontakt "Ring oss når du vil."
words en/01-kontakt "Call us any time."
note tid minor "" "Når du vil."
commit 2026-02-04
"""
NEXT_DAY = """
words nb/03-sletting "Vi sletter straks."
words en/03-sletting "We erase at once."
note straks special 2026-09-01 "Vi sletter straks." 'title: {nb: Straks, en: At once}'
commit 2026-02-05
"""


@pytest.fixture
def tell(tmp_path) -> Callable[[str, str], Path]:
    """Return a function that builds the site of a history on a day."""

    def build_on(script: str, today: str) -> Path:
        source = tmp_path / "source"
        if not source.exists():
            create_history(source, script)
        out = tmp_path / today
        build(source, out, today=today)
        return out / "site"

    return build_on


def read_status(site: Path, path: str = "") -> str:
    status = read_main(site, path).select_one(".status")
    assert status
    return read_words(status)


def test_the_first_version_alone_has_a_status_and_no_card(tell):
    site = tell("start", "2026-03-01")
    assert read_status(site) == "Versjon 1.0, gjelder fra 5. januar 2026."
    assert read_cards(site) == []
    assert read_cards(site, "en") == []


def test_a_change_to_come_says_from_when_what_and_what_to_do_and_has_one_button(tell):
    site = tell(f"start\n{ONE}", "2026-03-01")
    (card,) = read_cards(site)
    assert card.startswith("Fra 1. juni 2026 Navn deles Dette kan du gjøre Les navn")
    assert "Vi deler navn med noen." in card
    (element,) = read_main(site).select(".card")
    assert read_links(element) == {"Se alt som endres": "kommer/"}


def test_the_version_in_force_says_until_when_so_that_an_old_page_stays_true(tell):
    site = tell(f"start\n{ONE}", "2026-03-01")
    assert read_status(site) == "Versjon 1.0, gjelder fra 5. januar 2026 til og med 31. mai 2026."
    assert read_status(site, "en") == "Version 1.0, in force from 5 January 2026 to 31 May 2026."


def test_three_changes_on_one_day_are_one_card_with_all_actions_and_the_minor_one_named(tell):
    site = tell(f"start\n{THREE}", "2026-03-01")
    (card,) = read_cards(site)
    for words in (
        "Navn deles",
        "Du kan ringe",
        "Les navn",
        "Les ring",
        "1 mindre endring samme dag",
        "Versjon 3.1",
    ):
        assert card.count(words) >= 1, words
    assert card.count("Dette kan du gjøre") == 1
    assert card.index("Les ring") < card.index("Mer om endringene")


def test_changes_on_two_days_are_two_cards_the_next_one_first(tell):
    site = tell(f"start\n{THREE}{NEXT_DAY}", "2026-03-01")
    first, second = read_cards(site)
    assert first.startswith("Fra 1. juni 2026")
    assert second.startswith("Fra 1. september 2026 Straks")
    links = [read_links(card) for card in read_main(site).select(".card")]
    assert links[0]["Se alt som endres"] == "kommer/#_2026-06-01"
    assert links[1] == {"Se alt som endres": "kommer/#_2026-09-01"}


@pytest.mark.parametrize("today", ["2026-06-01", "2026-08-30"])
def test_for_ninety_days_every_change_of_the_day_is_named_with_a_link_to_all_of_it(tell, today):
    site = tell(f"start\n{THREE}", today)
    (card,) = read_cards(site)
    assert card.startswith("Endret 1. juni 2026 Navn deles Du kan ringe")
    for words in ("Vi deler navn med noen.", "Du kan ringe oss.", "Versjon 3.1", "Når du vil."):
        assert words in card, words
    (element,) = read_main(site).select(".card")
    assert read_links(element)["Se alt som ble endret 1. juni 2026"] == "dato/2026-06-01/"
    assert (site / "dato/2026-06-01/index.html").is_file()
    assert (site / "en/date/2026-06-01/index.html").is_file()


def test_after_ninety_days_the_card_is_gone_and_the_link_leads_to_the_whole_day(tell):
    site = tell(f"start\n{THREE}", "2026-08-31")
    assert read_cards(site) == []
    assert read_links(read_main(site))["Se alt som ble endret 1. juni 2026"] == "dato/2026-06-01/"


def test_a_day_of_one_change_leads_to_the_page_of_that_change(tell):
    site = tell(f"start\n{ONE}", "2026-06-10")
    (element,) = read_main(site).select(".card")
    assert read_links(element) == {"Se alt som ble endret 1. juni 2026": "versjon/2.0/endringer/"}
    assert not (site / "dato/2026-06-01").exists()


def test_a_minor_change_has_a_link_and_no_card(tell):
    site = tell('start\nwords nb/01-kontakt "Ring oss."\nnote ring minor\ncommit 2026-02-02', "2026-03-01")
    assert read_cards(site) == []
    assert read_links(read_main(site))["Se hva som er endret i versjon 1.1"] == "versjon/1.1/endringer/"


def test_later_minor_changes_do_not_hide_what_changed_before_them(tell):
    later = '\nwords nb/01-kontakt "Skriv."\nnote skriv minor\ncommit 2026-06-20'
    site = tell(f"start\n{THREE}{later}", "2026-07-01")
    (card,) = read_cards(site)
    assert card.startswith("Endret 1. juni 2026 Navn deles Du kan ringe")
    assert read_links(read_main(site))["Se hva som er endret i versjon 3.2"] == "versjon/3.2/endringer/"


def test_a_change_that_comes_earlier_than_announced_names_only_its_own_day(tell):
    site = tell(
        f"""start\n{ONE}
words nb/02-deling "Vi deler fornavn."
note fornavn major 2026-05-01 "Bare fornavn." 'brings_forward: ["2.0"]'
commit 2026-02-03""",
        "2026-03-01",
    )
    (card,) = read_cards(site)
    assert card.startswith("Fra 1. mai 2026")
    assert "Endringene i versjon 2.0 gjelder tidligere enn varslet." in card
    assert "1. juni" not in card


def test_a_withdrawn_change_is_said_to_be_withdrawn_and_nothing_to_have_changed(tell):
    site = tell(
        f"""start\n{ONE}
words nb/02-deling "Vi deler ingen opplysninger med andre."
words en/02-deling "We share no data with others."
note nei minor "" "Vi deler ingenting likevel." 'withdraws: ["2.0"]'
commit 2026-02-03""",
        "2026-03-01",
    )
    (card,) = read_cards(site)
    assert card.startswith("Trukket tilbake 3. februar 2026")
    assert "endret" not in card
    assert "Trekker tilbake versjon 2.0. Teksten er igjen den samme som i versjon 1.0." in card
    assert "Vi deler ingenting likevel." in card


def test_a_language_that_comes_later_says_what_is_in_force_until_then(tell):
    site = tell(
        """start 2026-01-05 nb
settings "nb, en"
section en/01-kontakt Contact "Write to {{ controller.name }}."
words nb/01-kontakt "Ring oss."
note engelsk major 2026-06-01 "Nå på engelsk." 'title: {nb: Engelsk, en: In English}'
commit 2026-02-02""",
        "2026-03-01",
    )
    assert read_status(site, "en") == "Version 2.0 takes effect on 1 June 2026."
    assert read_links(read_main(site, "en"))["The version in force, in Norwegian"] == "../"
    (card,) = read_cards(site, "en")
    assert card.startswith("From 1 June 2026 In English")


def test_readers_of_a_language_that_ends_are_told_of_changes_in_the_others(tell):
    site = tell(
        """start
git rm -qr content/en
settings nb
words nb/02-deling "Vi deler navn."
note navn major 2026-06-01
sed -i 's/, en: .*}/}/' content/changes/navn.yaml
commit 2026-02-02""",
        "2026-03-01",
    )
    (card,) = read_cards(site, "en")
    assert card.startswith("From 1 June 2026 Version 2.0 – Published in Norwegian only")
    (element,) = read_main(site, "en").select(".card")
    assert read_links(element)["Version 2.0"] == "../versjon/2.0/endringer/"


FACTS = """
echo "- {id: post, name: {nb: Posten, en: The post}}" | file facts/recipients.yaml
echo "- {id: tips, name: {nb: å gi deg tips, en: to give you tips}}" | file facts/purposes.yaml
section nb/02-deling Deling "Vi deler med {{ recipients.post.name }} for {{ purposes.tips.name }}."
section en/02-deling Sharing "We share with {{ recipients.post.name }} {{ purposes.tips.name }}."
"""


def test_the_policy_in_short_has_facts_that_sections_print_each_with_its_section(tell):
    site = tell(f"start\n{FACTS}\ncommit 2026-01-06", "2026-03-01")
    (card,) = read_main(site).select(".summary-card")
    words = read_words(card)
    assert words.startswith("Kort fortalt Hvem som er ansvarlig Eksempel AS")
    assert "å gi deg tips" in words
    assert "Posten" in words
    # No section prints what is stored, so its period stands alone in the text and not in the summary.
    assert "Kontoen din" not in words
    assert set(read_links(card).values()) == {"#kontakt", "#deling"}


def test_a_policy_that_begins_with_a_summary_has_no_second_one(tell):
    own = 'section nb/01-kontakt Kontakt "Kort: [deling](#deling), [sletting](#sletting), [klage](#klage)."'
    more = 'section nb/04-klage Klage "Klag til oss."\nsection en/04-klage Complaint "Complain."'
    site = tell(f"start\n{FACTS}\n{own}\n{more}\ncommit 2026-01-06", "2026-03-01")
    assert read_main(site).select(".summary-card") == []


def test_a_policy_with_few_facts_has_no_summary(tell):
    assert read_main(tell("start", "2026-03-01")).select(".summary-card") == []


@pytest.mark.parametrize(
    ("today", "path"), [("2026-03-01", ""), ("2026-03-01", "kommer"), ("2026-06-10", "")]
)
def test_when_what_and_what_to_do_are_among_the_first_sixty_words(tell, today, path):
    site = tell(f"start\n{THREE}", today)
    first = " ".join(read_words(read_main(site, path)).split()[:60])
    for words in ("1. juni 2026", "Navn deles", "Dette kan du gjøre", "Les navn"):
        assert words in first, words

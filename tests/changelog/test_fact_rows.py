"""Fact rows: each change of facts and the rows that readers get, from histories made of plain values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changelog.fact_rows import list_fact_rows
from changelog.replay import build_version_log
from policy.document import Document
from tests.helpers.fact_policies import build_history, fact_files

TABLES = {
    "nb/02-deling": "{{ table: recipients }}",
    "nb/03-formal": "{{ table: purposes }}",
    "nb/04-lagring": "{{ table: retention }}",
    "nb/05-rettigheter": "{{ table: rights }}",
    "nb/06-kontakt": "Skriv til {{ controller.name }}, {{ controller.email }}.",
}
FACTS = {
    "recipients": "- {id: host, name: Vertskap AS, role: processor, country: NO}\n",
    "purposes": (
        "- {id: run, name: å drive tjenesten, legal_basis: contract, data: [mail, ip], retention: main}\n"
    ),
    "categories": (
        "- {id: mail, name: e-postadresse}\n- {id: ip, name: IP-adresse}\n- {id: age, name: alder}\n"
    ),
    "retention": "- {id: main, what: Hovedregel, period: P2Y}\n",
    "rights": "access: Skriv til oss.\ncomplaint: Klag til Datatilsynet.\n",
}


def list_rows(before, after, locale="nb"):
    """Return the rows of the change from one set of files to another."""
    log = build_version_log(build_history(before, after))
    assert len(log.versions) == 2, "nothing that readers see has changed"
    return list_fact_rows(*log.versions, locale)


def list_changes(facts, sections=TABLES, old_sections=None):
    """Return the rows if some facts replace those above; a word changes too, so that there is a version."""
    old = {**(old_sections or sections), "nb/09-annet": "Noe."}
    new = {**sections, "nb/09-annet": "Noe annet."}
    return list_rows(fact_files(old, FACTS), fact_files(new, {**FACTS, **facts}))


HOST = FACTS["recipients"]
CHANGES = {
    "a longer period": (
        {"retention": "- {id: main, what: Hovedregel, period: P3Y}\n"},
        [
            ("longer", "retention.period", "Hovedregel", "2 år", "3 år"),
        ],
    ),
    "a shorter period": (
        {"retention": "- {id: main, what: Hovedregel, period: P6M}\n"},
        [("shorter", "retention.period", "Hovedregel", "2 år", "6 måneder")],
    ),
    "a period in other units": ({"retention": "- {id: main, what: Hovedregel, period: P24M}\n"}, []),
    "a period without a limit": (
        {"retention": "- {id: main, what: Hovedregel, criteria: Så lenge du er medlem}\n"},
        [("changed", "retention.period", "Hovedregel", "2 år", "Så lenge du er medlem")],
    ),
    "a recipient": (
        {"recipients": HOST + "- {id: post, name: Mailgun, country: US}\n"},
        [("new-recipient", "recipients", "", "", "Mailgun (USA)")],
    ),
    "no recipient any more": (
        {"recipients": "- {id: post, name: Mailgun}\n"},
        [
            ("new-recipient", "recipients", "", "", "Mailgun"),
            ("gone", "recipients", "", "Vertskap AS (Norge)", ""),
        ],
    ),
    "another country": (
        {"recipients": HOST.replace("NO", "US")},
        [("new-country", "recipients.country", "Vertskap AS", "Norge", "USA")],
    ),
    "another recipient with the same id": (
        {"recipients": "- {id: host, name: Sky AS, role: processor, country: US}\n"},
        [("changed", "recipients", "", "Vertskap AS (Norge)", "Sky AS (USA)")],
    ),
    "another id": ({"recipients": HOST.replace("host", "verten")}, []),
    "another id and another country": (
        {"recipients": HOST.replace("host", "verten").replace("NO", "US")},
        [("new-country", "recipients.country", "Vertskap AS", "Norge", "USA")],
    ),
    "another legal basis": (
        {"purposes": FACTS["purposes"].replace("contract", "consent")},
        [("changed", "purposes.legal_basis", "å drive tjenesten", "avtale", "samtykke")],
    ),
    "more data": (
        {"purposes": FACTS["purposes"].replace("ip]", "ip, age]")},
        [("new", "purposes.data", "å drive tjenesten", "", "alder")],
    ),
    "other data": (
        {"purposes": FACTS["purposes"].replace("mail, ip]", "age, mail]")},
        [("changed", "purposes.data", "å drive tjenesten", "IP-adresse", "alder")],
    ),
    "a purpose": (
        {"purposes": FACTS["purposes"] + "- {id: sell, name: å selge mer, legal_basis: consent}\n"},
        [("new", "purposes", "", "", "å selge mer (samtykke)")],
    ),
    "a right": (
        {"rights": FACTS["rights"] + "portability: Be om en fil.\n"},
        [("new-right", "rights", "", "", "Ta med deg opplysninger (dataportabilitet)")],
    ),
    "a right less": ({"rights": "access: Skriv til oss.\n"}, [("gone", "rights", "", "Klage", "")]),
    "a right in other words": (
        {"rights": FACTS["rights"].replace("Skriv til oss", "Ring til oss")},
        [("changed", "rights", "Få innsyn", "Skriv til oss.", "Ring til oss.")],
    ),
    "other capitals": ({"recipients": HOST.replace("Vertskap", "VERTSKAP")}, []),
    "a right in many words": (
        {"rights": FACTS["rights"].replace("Skriv til oss.", f"Ring til oss. {'Om igjen. ' * 20}")},
        [],
    ),
    "a row more": (
        {"retention": FACTS["retention"] + "- {id: log, what: Logger, period: P2Y}\n"},
        [("new", "retention", "", "", "Logger: 2 år")],
    ),
}


@pytest.mark.parametrize(("facts", "rows"), CHANGES.values(), ids=CHANGES)
def test_a_changed_fact_is_a_row(facts, rows):
    found = [(row.kind, row.topic, row.name, row.before, row.after) for row in list_changes(facts)]
    assert found == rows


def test_what_matters_most_comes_first():
    found = list_changes(
        {
            "recipients": HOST.replace("NO", "US") + "- {id: post, name: Mailgun}\n",
            "retention": (
                "- {id: main, what: Hovedregel, period: P3Y}\n- {id: log, what: Logger, period: P1Y}\n"
            ),
            "rights": "access: Skriv til oss.\nportability: Be om en fil.\n",
        }
    )
    assert [row.kind for row in found] == [
        "new-recipient", "new-country", "longer", "new", "gone", "new-right",
    ]  # fmt: skip


PURPOSE = FACTS["purposes"].replace("å drive tjenesten", "å drive den trygge tjenesten for medlemmer")
OTHER_PURPOSES = {
    "other words": (PURPOSE.replace("å drive den", "å drifte den"), True),
    "the same in fewer words": (
        PURPOSE.replace("å drive den trygge tjenesten", "å drive tjenesten trygt"),
        True,
    ),
    "another purpose": (PURPOSE.replace("å drive den trygge tjenesten", "å kartlegge bevegelser"), False),
    "another legal basis too": (PURPOSE.replace("å drive", "å drifte").replace("contract", "consent"), False),
    "a number": (PURPOSE.replace("medlemmer", "3 medlemmer"), False),
    "a weighty word": (PURPOSE.replace("medlemmer", "barn"), False),
}


@pytest.mark.parametrize(("purposes", "is_last"), OTHER_PURPOSES.values(), ids=OTHER_PURPOSES)
def test_a_purpose_in_other_words_comes_after_all_else_that_changed(purposes, is_last):
    before = fact_files(TABLES, {**FACTS, "purposes": PURPOSE})
    rights = FACTS["rights"] + "portability: Be om en fil.\n"
    after = fact_files(TABLES, {**FACTS, "purposes": purposes, "rights": rights})
    kinds = [row.kind for row in list_rows(before, after)]
    assert kinds == (["new-right", "changed"] if is_last else ["changed", "new-right"])


def test_a_period_that_only_purposes_show_is_named_for_them():
    sections = {key: body for key, body in TABLES.items() if key != "nb/04-lagring"}
    two = FACTS["purposes"] + "- {id: help, name: å hjelpe deg, retention: main}\n"
    before = fact_files(sections, {**FACTS, "purposes": two})
    after = fact_files(
        sections, {**FACTS, "purposes": two, "retention": FACTS["retention"].replace("2", "3")}
    )
    (row,) = list_rows(before, after)
    assert (row.topic, row.name, row.before, row.after) == (
        "purposes.retention", "å drive tjenesten; å hjelpe deg", "2 år", "3 år",
    )  # fmt: skip


def test_a_fact_without_a_name_in_the_text_is_named_for_its_section():
    sections = {"nb/02-sletting": "Vi sletter etter {{ retention.main.period }}."}
    before = fact_files(sections, FACTS)
    after = fact_files(sections, {**FACTS, "retention": FACTS["retention"].replace("P2Y", "P1Y")})
    (row,) = list_rows(before, after)
    assert (row.kind, row.name, row.section, row.before, row.after) == (
        "shorter", "", "Om sletting", "2 år", "1 år",
    )  # fmt: skip


def test_settings_are_facts_too():
    before = fact_files(TABLES, FACTS)
    after = {**before, "policy.yaml": before["policy.yaml"].replace("post@", "personvern@")}
    (row,) = list_rows(before, after)
    assert (row.kind, row.topic, row.before, row.after) == (
        "changed", "controller.email", "post@example.no", "personvern@example.no",
    )  # fmt: skip


LONGER = {"retention": FACTS["retention"].replace("P2Y", "P3Y")}
MORE = {"recipients": HOST + "- {id: post, name: Mailgun, country: US}\n"}


def test_a_fact_that_no_section_renders_is_no_row():
    assert list_changes(LONGER, {"nb/02-om": "Vi lagrer lite."}) == []


def test_a_fact_that_only_one_version_renders_is_no_row():
    rendered = {"nb/02-om": "{{ table: retention }}"}
    typed = {"nb/02-om": "Vi lagrer alt i tre år."}
    assert list_changes(LONGER, rendered, typed) == []
    assert list_changes(LONGER, typed, rendered) == []


def test_a_recipient_is_not_new_where_no_recipient_was_rendered_before():
    assert (
        list_changes(MORE, {"nb/02-om": "{{ table: recipients }}"}, {"nb/02-om": "Vi deler med noen."}) == []
    )


def test_a_recipient_that_was_typed_in_the_text_before_is_not_new():
    sections = {"nb/02-om": "{{ table: recipients }}"}
    typed = {"nb/02-om": "{{ table: recipients }}\n\nVi bruker også MAILGUN til e-post."}
    assert list_changes(MORE, sections, typed) == []
    assert [row.kind for row in list_changes(MORE, sections)] == ["new-recipient"]


def test_a_recipient_that_the_text_still_names_is_not_gone():
    table = {"nb/02-om": "{{ table: recipients }}"}
    sections = {"nb/02-om": "{{ table: recipients }}\n\nFør brukte vi Vertskap AS."}
    other = {"recipients": "- {id: post, name: Mailgun}\n"}
    assert [row.kind for row in list_changes(other, table)] == ["new-recipient", "gone"]
    assert [row.kind for row in list_changes(other, sections, table)] == ["new-recipient"]


def test_part_of_a_word_is_not_the_word():
    sections = {"nb/02-om": "Etter {{ retention.main.period }}, eller 12 år og 13 år."}
    (row,) = list_changes(LONGER, sections)
    assert (row.before, row.after) == ("2 år", "3 år")


def without_words(version, words):
    """Return a version of which words were removed, as `redact` does."""
    documents = {
        locale: Document(
            locale,
            tuple(
                replace(
                    section,
                    blocks=tuple(replace_words(block, words) for block in section.blocks),
                )
                for section in document.sections
            ),
        )
        for locale, document in version.documents.items()
    }
    return replace(version, documents=documents)


def replace_words(block, words):
    return replace(
        block,
        children=tuple(replace_words(child, words) for child in block.children),
        runs=tuple(replace(run, text=run.text.replace(words, "[fjernet]")) for run in block.runs),
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (LONGER, "2 år"),
        (LONGER, "3 år"),
        (MORE, "Mailgun"),
        ({"recipients": "- {id: host, name: Sky AS}\n"}, "Vertskap AS"),
        ({"recipients": HOST.replace("NO", "US")}, "USA"),
        ({"purposes": FACTS["purposes"].replace("ip]", "ip, age]")}, "alder"),
    ],
)
def test_removed_words_are_in_no_row(facts, words):
    log = build_version_log(build_history(fact_files(TABLES, FACTS), fact_files(TABLES, {**FACTS, **facts})))
    versions = [without_words(version, words) for version in log.versions]
    assert any(words in str(row) for row in list_fact_rows(*log.versions, "nb"))
    assert not any(words in str(row) for row in list_fact_rows(*versions, "nb"))


def test_the_name_of_a_row_is_not_told_once_it_is_removed():
    log = build_version_log(build_history(fact_files(TABLES, FACTS), fact_files(TABLES, {**FACTS, **LONGER})))
    versions = [without_words(version, "Hovedregel") for version in log.versions]
    assert not any("Hovedregel" in str(row) for row in list_fact_rows(*versions, "nb"))


def test_rows_of_versions_far_apart_are_the_net_change():
    steps = [FACTS, {**FACTS, **MORE}, {**FACTS, **LONGER}, FACTS, {**FACTS, **LONGER}]
    log = build_version_log(build_history(*(fact_files(TABLES, facts) for facts in steps)))
    first, with_more, longer, again, _ = log.versions
    assert list_fact_rows(first, again, "nb") == []
    assert [row.kind for row in list_fact_rows(first, log.latest, "nb")] == ["longer"]
    assert [row.kind for row in list_fact_rows(with_more, longer, "nb")] == ["longer", "gone"]

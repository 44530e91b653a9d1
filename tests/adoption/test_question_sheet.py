# ruff: noqa: E501 - questions are one line
"""The sheet of questions: what only the controller can answer, of a new policy and of any other."""

from __future__ import annotations

from click.testing import CliRunner, Result

from adoption.new_policy.answers import YES_OR_NO_QUESTIONS
from adoption.new_policy.content import create_content
from adoption.question_sheet import list_questions
from build import main
from policy.checks.context import PolicyCheckContext
from policy.loader import load_policy
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build

_FILES = {
    "content/policy.yaml": "title: P\nbase_url: https://a.no/\nlanguages: [nb]\n"
    "controller: {name: A, email: a@a.no}\ndpo: {name: O, email: a@a.no}\n",
    "content/nb/01-a.md": "---\ntitle: A\n---\n{{ controller.name }}\n",
    "content/facts/purposes.yaml": "- {id: a, name: å sende <b>brev</b>, legal_basis: legitimate_interests}\n"
    "- {id: b, name: noe, legal_basis: consent, retention: r}\n",
    "content/facts/retention.yaml": "- {id: r, what: Brev}\n",
    "content/facts/recipients.yaml": "- {id: a, name: Trykkeriet, country: NO}\n- {id: b, name: Skyen, country: US}\n",
    "content/questions.yaml": "- {question: Hvem er dere?, help: Navn., file: policy.yaml}\n- {question: Hva?}\n",
}


def read_sheet(files: dict[str, str]) -> dict[str, str]:
    """Return the place of each answer by its question."""
    content = {path: text.encode() for path, text in files.items()}
    sheet = list_questions(PolicyCheckContext(load_policy(content), content), "nb")
    return {str(question.text): question.place for question in sheet.questions}


def print_questions(*options: object) -> Result:
    return CliRunner().invoke(main, ["check", "--questions", *map(str, options)])


def test_the_sheet_asks_for_what_the_law_wants_and_the_files_lack():
    assert read_sheet(_FILES) == {
        "Hvem er dere?": "content/policy.yaml",
        "Hva?": "content/questions.yaml",
        "Which interest do you have in this: å sende <b>brev</b>?": "content/facts/purposes.yaml:1, a, interest",
        "How long do you keep this: Brev?": "content/facts/retention.yaml:1, r, period",
        "How long do you keep the data for this: å sende <b>brev</b>?": "content/facts/purposes.yaml:1, a, retention",
        "What protects data that goes outside the EEA, to Skyen?": "content/facts/recipients.yaml, b, safeguard",
        "Where do you get personal data from, other than from people themselves?": "content/facts/sources.yaml",
        "Which address of their own does the data protection officer have?": "content/policy.yaml, dpo",
        "Does a law or a contract oblige anybody to give you data?": "content/nb/",
        "Are decisions about people made by a program alone, or are profiles of people made?": "content/nb/",
    }


def test_an_answer_in_the_facts_closes_its_question():
    answered = _FILES | {"content/facts/retention.yaml": "- {id: r, what: Brev, period: P1Y}\n"}
    closed = read_sheet(_FILES).keys() - read_sheet(answered).keys()
    assert closed == {"How long do you keep this: Brev?"}


def test_a_new_policy_asks_for_every_legal_basis_and_period(answer):
    content = create_content(answer(*YES_OR_NO_QUESTIONS), "0" * 64)
    policy = load_policy(content)
    sheet = list_questions(PolicyCheckContext(policy, content), "nb")
    assert len(sheet.questions) == (
        len(policy.questions) + len(policy.facts.purposes) + len(policy.facts.retention) + len(policy.facts.recipients)
        + 1  # whether the other sources are public
    )  # fmt: skip


def test_the_sheet_is_printed_as_text_in_norwegian_and_as_a_page_that_loads_nothing(tmp_path):
    for path, text in _FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    done = print_questions("--source", tmp_path, "--lang", "nb")
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "Spørsmål om personvernerklæringen til A\n\n1. Hvem er dere?\n   Navn.\n   ____"
    )
    assert "   Svaret skal stå i: content/policy.yaml\n" in done.stdout
    assert "   [ ] EUs standard personvernbestemmelser (scc)\n" in done.stdout
    page = print_questions("html", "--source", tmp_path, "--lang", "nb").stdout
    assert page.startswith("<!doctype html>")
    assert "å sende &lt;b&gt;brev&lt;/b&gt;?" in page
    assert "<script" not in page
    assert "http" not in page


def test_what_cannot_be_read_is_reported(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "questions.yaml").write_text("- {fråga: a}\n", "utf-8")
    done = print_questions("--source", tmp_path)
    assert done.exit_code == 2
    assert "content/questions.yaml:1:4: unknown key" in done.stderr


def test_the_policy_of_this_repository_has_questions_of_its_own():
    done = print_questions("--source", REPOSITORY)
    assert done.exit_code == 0
    assert "Hvem er de andre virksomhetene" in done.stdout
    assert "Hvilket behandlingsgrunnlag har dere for dette: å kommunisere med medlemmene?" in done.stdout


def test_no_question_is_published(answer, tmp_path, create_repository):
    source = create_repository(create_content(answer(*YES_OR_NO_QUESTIONS, languages=["nb", "en"]), "0" * 64))
    build(source, tmp_path / "out", today="2026-11-26")
    published = "".join(
        path.read_text("utf-8", "replace")
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and path.suffix in {".html", ".json", ".txt", ".xml", ".js"}
    )
    assert "personvernforordningen artikkel 9" not in published
    assert "questions.yaml" not in published
    assert "0" * 64 not in published

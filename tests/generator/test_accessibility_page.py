"""What the accessibility page says is tested, a test of this repository tests."""

from __future__ import annotations

import ast
import re
from html import unescape

from tests.helpers.environment import REPOSITORY

_RULES, _READING = "tests/browser/pages/test_rules.py", "tests/browser/pages/test_reading.py"
# The beginning of each sentence of the page, and the tests that it is true of.
PROOFS = {
    "axe-core": (_RULES, "test_axe_finds_nothing_on_any_kind_of_page"),
    "Text has enough contrast": (_RULES, "test_axe_finds_the_colours_right_in_the_dark"),
    "The Nu Html Checker": (_RULES, "test_the_html_checker_finds_nothing_on_any_page"),
    "On a screen 320 pixels wide": (_READING, "test_no_page_is_wider_than_a_small_phone"),
    "Text can be twice as large": (_READING, "test_text_twice_as_large_widens_no_page"),
    "With a keyboard alone": (
        _READING,
        "test_the_keyboard_meets_all_that_can_be_used_in_the_order_of_reading",
    ),
    "Without JavaScript": (_READING, "test_without_javascript_collapsed_passages_open_and_anchors_lead"),
    "On paper": (_READING, "test_on_paper_a_change_is_told_by_weight_and_line_without_colour"),
}


def _list_tests(path: str) -> set[str]:
    tree = ast.parse((REPOSITORY / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_sentence_about_tests_is_true_of_a_test(sample_out):
    text = (sample_out / "site" / "en" / "accessibility" / "index.html").read_text("utf-8")
    tested = re.search(r"<h2>What is tested</h2>.*?<ul>(.*?)</ul>", text, re.DOTALL)
    assert tested
    sentences = [unescape(line) for line in re.findall(r"<li>(.*?)</li>", tested[1])]
    assert [next(start for start in PROOFS if line.startswith(start)) for line in sentences] == list(PROOFS)
    for path, name in PROOFS.values():
        assert name in _list_tests(path), name


def test_the_page_never_says_that_it_conforms(sample_out):
    for path in ("tilgjengelighet", "en/accessibility"):
        text = (sample_out / "site" / path / "index.html").read_text("utf-8").lower()
        assert not re.search(r"conform|compl(?:y|iant)|samsvar|oppfyll", text)


def test_the_page_says_whom_to_write_to(sample_out):
    text = (sample_out / "site" / "tilgjengelighet" / "index.html").read_text("utf-8")
    assert re.search(r'<a class="button" href="(mailto:[^"]+@|\.\./kontakt/)', text)

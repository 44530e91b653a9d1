"""No import loses a word or invents one, whatever the page holds."""

import tempfile
from html import escape
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adoption.documents.importer import import_policy
from adoption.documents.words import extract_letters_and_digits
from policy import blocks, markdown
from policy.loader import load_policy
from tests.helpers.long_tests import choose_examples

WORDS = st.text(
    st.sampled_from("abcæøå 012.,:;!?-_*#>|+~`'\"\\/()[]{}<&%$=^@é\u00a0\u202e\u200b\n"),
    min_size=1,
    max_size=30,
).map(lambda text: "a" + text + "z")


def _tagged(tag, children):
    return st.lists(children, min_size=1, max_size=3).map(
        lambda inside: (f"<{tag}>{''.join(h for h, _ in inside)}</{tag}>", "".join(w for _, w in inside))
    )


PLAIN = WORDS.map(lambda words: (escape(words), words))
INLINE = st.one_of(
    PLAIN,
    *(_tagged(tag, PLAIN) for tag in ("b", "em", "code", "span", "strong", "u")),
    PLAIN.map(lambda pair: (f'<a href="https://example.no/?q=1">{pair[0]}</a>', pair[1])),
    WORDS.map(lambda words: (f'<img alt="{escape(words)}" src="x">', words)),
    st.just(("<br>", "")),
)
LEAF = st.one_of(*(_tagged(tag, INLINE) for tag in ("p", "h3", "h4", "blockquote", "pre")), INLINE)
ITEM = _tagged("li", INLINE)
ROW = _tagged("tr", st.one_of(_tagged("td", INLINE), _tagged("th", INLINE)))
BLOCK = st.one_of(
    LEAF,
    *(_tagged(tag, ITEM) for tag in ("ul", "ol")),
    _tagged("ul", _tagged("li", st.one_of(INLINE, _tagged("ul", ITEM)))),
    _tagged("table", ROW),
)
BOX = st.one_of(BLOCK, _tagged("div", BLOCK), _tagged("section", _tagged("div", BLOCK)))
PAGE = st.lists(BOX, min_size=1, max_size=6)


def _import_text(text: str):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.txt"
        file.write_text(text, encoding="utf-8")
        return import_policy(file)


def _extract_letters(imported) -> str:
    policy = load_policy({path: words.encode() for path, words in imported.files.items()})
    [sections] = policy.sections.values()
    found = []
    for section in sections:
        found.append(section.title)
        found += [
            run.text
            for leaf in blocks.iter_leaves(markdown.parse_markdown(section.body))
            for run in leaf.runs
        ]
    return extract_letters_and_digits("".join(found))


@choose_examples(30, 150)
@example([('<p><img alt="a\n\nz" src="x"></p>', "az")])
@example([('<p><img alt="a\n0\nz" src="x"></p>', "a0z")])
@given(PAGE)
def test_no_word_is_lost_and_none_invented(page):
    html = "<h2>Først</h2><p>a</p>" + "".join(h for h, _ in page) + "<h2>Sist</h2><p>z</p>"
    words = "Først" + "a" + "".join(w for _, w in page) + "Sist" + "z"
    assert _extract_letters(_import_text(html)) == extract_letters_and_digits(words)


@settings(max_examples=100)
@given(st.lists(WORDS.map(lambda words: words.replace("\n", " ")), min_size=1, max_size=5), st.integers(1, 4))
def test_removing_shortcodes_removes_no_word(texts, depth):
    inside = "\n\n".join(f'[vc_column_text css=".x{{a:b}}"]{escape(text)}[/vc_column_text]' for text in texts)
    for _ in range(depth):
        inside = f'[vc_row el_class="q"][vc_column width="1/2"]\n{inside}\n[/vc_column][/vc_row]'
    said = _extract_letters(_import_text(f"<h2>Først</h2>\n\n{inside}\n\n<h2>Sist</h2>\n\nz"))
    assert said == extract_letters_and_digits("Først" + "".join(texts) + "Sistz")


@choose_examples(40, 200)
@given(st.text(st.sampled_from("<>/[]=\"'&;!-abp vc_rowtilescriptul\n"), max_size=200))
def test_any_import_can_be_loaded(text):
    imported = _import_text(f"<h2>Først</h2>{text}<h2>Sist</h2><p>z</p>")
    policy = load_policy({path: words.encode() for path, words in imported.files.items()})
    for section in policy.sections["nb" if "nb" in policy.sections else "en"]:
        for leaf in blocks.iter_leaves(markdown.parse_markdown(section.body)):
            assert all(markdown.is_harmless_link(run.href) for run in leaf.runs)


def test_a_stray_angle_bracket_removes_no_paragraph():
    text = "Under <kr 100 gjelder ikke.\n\nTo avsnitt.\n\nTre, med <strong>fet</strong> skrift."
    said = _extract_letters(_import_text(f"<h2>Beløp</h2>\n\n{text}"))
    assert "Toavsnitt" in said
    assert "Tremedfetskrift" in said

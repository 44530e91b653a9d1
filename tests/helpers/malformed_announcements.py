"""Documents that notice.js and the WordPress plugin must refuse as a whole, and some that they must not."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.helpers.small_policy import describe_languages, make_announcement, make_entry, make_line

Document = dict[str, Any]
_MISSING = object()
_SIZE_LIMIT = 256 * 1024

# By field, values that are wrong for every field of that kind.
_NO_TEXTS = (
    _MISSING,
    None,
    7,
    True,
    ["words"],
    {"nb": "words"},
    "",
    " \n",
    "…",
    "\u200b",
    "a\u0000b",
    "a\u001bb",
)
_NO_ADDRESSES = (
    _MISSING,
    7,
    ["https://example.com/"],
    "",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "https://example.com/personvern/",
    "//example.com/",
    "/annet/",
    "2.0/",
    "{base}../annet/",
    "{base}%2e%2E/annet/",
    "{origin}@example.com/personvern/",
    "{origin}.example.com/personvern/",
    "http://[",
)
_NO_DAYS = (
    _MISSING,
    None,
    20990101,
    "",
    "NaN",
    "2026-2-1",
    "2026-13-01",
    "2026-02-30",
    "2099-06-01T00:00:00Z",
    "2099-06-01\n",
)
_NO_VERSIONS = (_MISSING, None, 2.0, "", "2", "2.0\n", "2.0<b>", "02.0", "2.0.0", "1234567.0", ["2.0"])
_NO_ENTRIES = (_MISSING, None, 7, "", "a" * 63, "A" * 64, "a" * 64 + "\n", ["a" * 64])


def make_document(base_url: str) -> Document:
    """Return a valid document with two announcements and two languages."""
    rows = [make_announcement(base_url, version, ("login", "alert")) for version in ("3.0", "2.0")]
    return {"schema": 2, "languages": describe_languages(base_url), "announcements": rows}


def list_valid_documents(base_url: str) -> dict[str, str]:
    """Return documents that are unusual and valid."""
    documents = {}

    def add(name: str, change: Callable[[Document], object]) -> None:
        document = make_document(base_url)
        change(document)
        documents[name] = json.dumps(document, ensure_ascii=False)

    add("as it is", lambda document: document)
    add("the day of the build", lambda document: document.update(built="2026-11-26"))
    add("a day of the build that is none", lambda document: document.update(built="2026-02-30"))
    add("a field that nobody knows", lambda document: document.update(later={"a": [1]}))
    add("no action", lambda document: _texts(document).update(action="", action_lines=[]))
    lines = [
        make_line("one", "-", 1),
        make_line("two", "3.", 5),
        make_line("more", None, 2),
        make_line("end"),
    ]
    add("nested lists", lambda document: _texts(document).update(action_lines=lines))
    add(
        "no change page",
        lambda document: _texts(document).update(changes_url=base_url, announcement_url=base_url),
    )
    add("facts", lambda document: _texts(document).update(facts=["5 years"], unchanged=["The table."]))
    add("no earlier announcement", lambda document: _texts(document).update(since_url=None))
    add("a language of old announcements", lambda document: document["languages"][1].update(home=None))
    add("text in one language", lambda document: document["announcements"][1]["languages"].pop("en"))
    add("words that look like markup", lambda document: _texts(document).update(title="<script>1</script>"))
    add("letters of another script", lambda document: _texts(document).update(summary="変更\n\t2"))
    add("an anchor", lambda document: _texts(document).update(url=f"{base_url}en/#1-what"))
    return documents


def list_malformed_documents(base_url: str) -> dict[str, str]:
    """Return malformed documents by what is wrong with them; most hold a valid announcement too."""
    return {**_list_malformed_texts(base_url), **dict(_list_malformed_fields(base_url))}


def _texts(document: Document) -> dict[str, Any]:
    return document["announcements"][1]["languages"]["nb"]


def _list_malformed_texts(base_url: str) -> dict[str, str]:
    text = json.dumps(make_document(base_url))
    twice = make_document(base_url)
    twice["announcements"].append({**twice["announcements"][0], "entry": make_entry("4.0")})
    same_entry = make_document(base_url)
    same_entry["announcements"][1]["entry"] = same_entry["announcements"][0]["entry"]
    many = make_document(base_url)
    many["announcements"] = [
        {
            **many["announcements"][0],
            "version": f"3.{n}",
            "entry": make_entry(f"3.{n}"),
            "languages": {"nb": _texts(many)},
        }
        for n in range(101)
    ]
    return {
        "empty": "",
        "null": "null",
        "a number": "7",
        "a string": '"announcements"',
        "a list": f"[{text}]",
        "an empty object": "{}",
        "a page of HTML": "<!doctype html><html><title>Welcome</title><p>Nothing here</p></html>",
        "cut off": text[: len(text) // 2],
        "cut off at the end": text[:-1],
        "more behind it": text + "{}",
        "a byte order mark": "\ufeff" + text,
        "a comment": text + "// the end",
        "longer than the limit": text[:-1] + " " * _SIZE_LIMIT + "}",
        "10 MB": text[:-1] + " " * 10_000_000 + "}",
        "deeply nested": '{"schema": 2, "languages": '
        + "[" * 20_000
        + "]" * 20_000
        + ', "announcements": []}',
        "a version twice": json.dumps(twice),
        "an entry twice": json.dumps(same_entry),
        "too many announcements": json.dumps(many),
        "a lone surrogate": text.replace("Vi bruker en ny", "\\ud800", 1),
        "all in the prototype": f'{{"__proto__": {text}}}',
    }


def _list_malformed_fields(base_url: str) -> Iterator[tuple[str, str]]:
    """Yield documents in which one field is missing or wrong, by the path of the field and its value."""
    rows, texts = ("announcements", 1), ("announcements", 1, "languages", "nb")
    wrong: dict[tuple[str | int, ...], tuple[object, ...]] = {
        ("schema",): (_MISSING, None, 1, 3, "2", True),
        ("languages",): (_MISSING, None, 7, {}, [], [None], ["nb"]),
        ("languages", 0): (None, 7, [], {}),
        ("languages", 0, "code"): (
            _MISSING,
            None,
            7,
            "",
            "NB",
            "nb\n",
            "__proto__",
            "constructor",
            "en",
            ["nb"],
        ),
        ("languages", 0, "readers"): (_MISSING, None, "*", {}, [7], [["nb"]], ["nb_NO"], ["*"] * 101),
        ("languages", 0, "home"): _NO_ADDRESSES,
        ("languages", 0, "labels"): (_MISSING, None, 7, [], {}, "OK"),
        **{
            ("languages", 0, "labels", name): _NO_TEXTS
            for name in ("heading", "action", "facts", "unchanged", "more", "all", "acknowledge", "later")
        },
        ("announcements",): (_MISSING, None, 7, {}, "none"),
        rows: (None, 7, "2.0", [], {}),
        (*rows, "version"): _NO_VERSIONS,
        (*rows, "entry"): _NO_ENTRIES,
        (*rows, "level"): (_MISSING, None, 7, "", "cosmetic", ["major"], "__proto__"),
        (*rows, "channels"): (_MISSING, None, "login", {}, [None], ["login", "pigeon"], {"0": "login"}),
        **{(*rows, name): _NO_DAYS for name in ("published", "effective", "until")},
        (*rows, "languages"): (
            _MISSING,
            None,
            7,
            [],
            {},
            {"sv": {}},
            {"nb": None},
            {"nb": "Ny"},
            {"nb": []},
            {"nb": {}},
        ),
        (*rows, "languages", "__proto__"): ({},),
        (*rows, "languages", "sv"): ({},),
        **{(*texts, name): (*_NO_TEXTS, "a" * 20_001) for name in ("title", "effective_line", "summary")},
        (*texts, "action"): (_MISSING, None, 7, [], " ", "\u0007"),
        **{
            (*texts, name): (
                _MISSING,
                None,
                "words",
                {},
                [None],
                ["words"],
                [[]],
                [make_line("a")] * 101,
                *([[]] if name == "summary_lines" else []),
            )
            for name in ("summary_lines", "action_lines")
        },
        (*texts, "summary_lines", 0, "text"): _NO_TEXTS,
        (*texts, "summary_lines", 0, "item"): (
            _MISSING,
            "",
            "*",
            "-\n",
            "1",
            "-1.",
            "1234567890.",
            1,
            ["-"],
            "-",
        ),
        (*texts, "summary_lines", 0, "depth"): (_MISSING, None, "0", -1, 6, 0.5, [0], True),
        (*texts, "url"): (*_NO_ADDRESSES, None),
        **{
            (*texts, name): (_MISSING, None, "words", {}, [None], [["words"]], [""], ["words"] * 101)
            for name in ("facts", "unchanged")
        },
        **{(*texts, name): _NO_ADDRESSES for name in ("changes_url", "announcement_url", "since_url")},
    }
    for path, values in wrong.items():
        for value in values:
            document = deepcopy(make_document(base_url))
            _change(document, path, _fill_in(value, base_url))
            shown = "missing" if value is _MISSING else ascii(value)[:60]
            yield f"{'.'.join(map(str, path))}: {shown}", json.dumps(document)


def _fill_in(value: object, base_url: str) -> object:
    if not isinstance(value, str):
        return value
    origin = base_url.partition("/personvern/")[0]
    return value.replace("{base}", base_url).replace("{origin}", origin)


def _change(document: Document, path: tuple[str | int, ...], value: object) -> None:
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is _MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value

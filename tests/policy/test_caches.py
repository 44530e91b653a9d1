"""Caches only save time: without them, everything comes out the same."""

from __future__ import annotations

import sys

from policy import document
from policy.document import render_document, render_markdown, render_policy_text
from policy.loader import PublishedNotes, load_policy
from policy.models import Controller
from tests.helpers.factories import policy_files, section_text

_PERIOD = "{{ retention.account.period }}\n\n{{ table: retention }}"
_REVISIONS = [
    policy_files(
        {
            "facts/retention.yaml": f"- {{id: account, what: Konto, period: P{years}Y}}\n",
            "nb/02-lagring.md": section_text(f"{_PERIOD}\n\nA[^1]\n\n[^1]: b"),
            "en/02-lagring.md": section_text(_PERIOD),
            "nb/03-bare-her.md": section_text("Bare på norsk."),
            "changes/a.yaml": "level: minor\nsummary: {nb: 'Se {{ controller.email }}', en: See}\n",
        }
    )
    for years in (1, 2, 1)
]


def _render_history() -> list[object]:
    rendered: list[object] = []
    published = PublishedNotes()
    for content in _REVISIONS:
        policy = load_policy(content, published)
        published.add_revision(content, policy)
        for locale in policy.languages:
            shown = render_document(policy, locale)
            rendered += [
                render_policy_text(shown),
                *((part.id, part.number, part.title, part.locale, part.blocks) for part in shown.sections),
                *(
                    render_markdown(text, policy, locale)
                    for _, _, text in policy.notes["changes/a.yaml"].texts
                ),
            ]
    return rendered


def _turn_off_caches(monkeypatch) -> int:
    """Replace each cached function, wherever in policy it is imported, with the function itself."""
    replaced = 0
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "policy"]
    for module in modules:
        for name, value in list(vars(module).items()):
            if hasattr(value, "cache_info"):
                monkeypatch.setattr(module, name, value.__wrapped__)
                replaced += 1
    monkeypatch.setattr(document, "lru_cache", lambda **_: lambda function: function)
    return replaced


def test_a_history_is_rendered_the_same_with_all_caches_turned_off(monkeypatch):
    first, second = _render_history(), _render_history()
    assert _turn_off_caches(monkeypatch) >= 10
    assert first == second == _render_history()


def test_a_cached_hash_makes_no_difference_to_equality():
    hashed, fresh = Controller(name="x"), Controller(name="x")
    hash(hashed)
    assert hashed == fresh
    assert {hashed} == {fresh}

"""Caches save time and nothing else: without any, the same bytes."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from generator.render_cache import RenderCache
from tests.helpers.cli import create_history, hash_files
from tests.helpers.in_process import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

LRU_CACHE = type(lru_cache(str))


def own_modules() -> Iterator[ModuleType]:
    for name in ("common", "languages", "policy", "changelog", "generator"):
        package = importlib.import_module(name)
        yield package
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            yield importlib.import_module(module.name)


def own_caches() -> Iterator[tuple[object, str, Any]]:
    """Yield every cache of a module or a class: its owner, its name and what computes without it."""
    for module in own_modules():
        for name, value in vars(module).items():
            if isinstance(value, LRU_CACHE):
                yield module, name, value.__wrapped__
            elif isinstance(value, type) and value.__module__ == module.__name__:
                for attribute, member in vars(value).items():
                    if isinstance(member, cached_property):
                        yield value, attribute, property(member.func)
                    elif isinstance(member, LRU_CACHE):
                        yield value, attribute, member.__wrapped__


@pytest.fixture(params=["one version", "a case of everything"])
def source(request, sample_history, tmp_path):
    one = request.param == "one version"
    return create_history(tmp_path / "one", "start 2026-01-05") if one else sample_history


@pytest.mark.cases_in_ci
def test_a_build_without_any_cache_gives_the_same_bytes(source, tmp_path, monkeypatch):
    build(source, tmp_path / "cached")
    caches = list(own_caches())
    assert len(caches) > 10
    for owner, name, uncached in caches:
        monkeypatch.setattr(owner, name, uncached)
    monkeypatch.setattr(RenderCache, "get_or_render", lambda *arguments: arguments[-1]())
    result = build(source, tmp_path / "out", use_cache=False)
    assert result.written_version_count == result.history.version_count
    for part in ("site", "letters"):
        assert hash_files(tmp_path / "out" / part) == hash_files(tmp_path / "cached" / part)


def test_a_cache_keeps_what_was_used_last_and_forgets_the_rest():
    cache, rendered = RenderCache(2), []

    def use(key: str) -> str:
        return cache.get_or_render(key, lambda: rendered.append(key) or key.upper())

    assert [use(key) for key in ("a", "b", "a", "c", "a", "b")] == ["A", "B", "A", "C", "A", "B"]
    assert rendered == ["a", "b", "c", "b"]


@pytest.mark.parametrize("value", [None, "", 0])
def test_a_cache_knows_a_result_that_is_nothing(value):
    cache = RenderCache(1)
    cache.get_or_render("key", lambda: value)
    assert cache.get_or_render("key", lambda: "other") == value


def test_a_cache_without_room_renders_each_time():
    cache = RenderCache(0)
    assert [cache.get_or_render("key", lambda n=n: n) for n in (1, 2)] == [1, 2]

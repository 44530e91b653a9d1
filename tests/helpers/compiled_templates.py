"""Templates that are compiled once in a process of the tests, and not again by each build that it runs."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment


def keep_compiled_templates() -> None:
    """Let Jinja compile a source once in this process and in those that it forks."""
    compile_template = Environment.compile
    compiled: dict[tuple[object, ...], Any] = {}

    def compile_once(environment, source, name=None, filename=None, **options):
        # What the result depends on, besides settings that all our environments share.
        key = (source, name, filename, environment.autoescape, *options.items())
        if key not in compiled:
            compiled[key] = compile_template(environment, source, name, filename, **options)
        return compiled[key]

    Environment.compile = compile_once

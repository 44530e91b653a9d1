"""The check that counts the open questions, so that nobody forgets them."""

from __future__ import annotations

from collections.abc import Iterator

from common.messages import Message
from policy.checks.context import PolicyCheckContext
from policy.findings import Finding, Location


def find_open_questions(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find that `questions.yaml` has questions, and how many."""
    count = len(context.policy.questions)
    if not count:
        return
    message = Message("open questions to the controller: {count}", count=count)
    hint = Message("print them with: build.py check --questions; remove each row that is answered")
    yield Finding(Location("content/questions.yaml"), message, hint)

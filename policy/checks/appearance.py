"""Checks of how the pages look: whether the organisation's colour can be read."""

from __future__ import annotations

from collections.abc import Iterator

from common.messages import Message
from policy.checks.context import PolicyCheckContext
from policy.colours import TEXT_CONTRAST, Scheme, derive_colours
from policy.findings import Finding


def find_faint_brand_colour(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a colour that is too light for links on the light pages, which use a darker one instead.

    On the dark pages every colour is made as light as it must be: there is nothing for an editor to decide.
    """
    colour = context.policy.settings.brand.colour
    if colour is None or Scheme.LIGHT.measure(colour) >= TEXT_CONTRAST:
        return
    darker = derive_colours(colour, Scheme.LIGHT)
    message = Message(
        "the colour {colour} is too light for links: its contrast is {ratio}:1 and must be 4.5:1, so the "
        "pages use {link} for links and {line} for lines",
        colour=colour,
        ratio=f"{int(Scheme.LIGHT.measure(colour) * 10) / 10:.1f}",
        link=darker.link,
        line=darker.line,
    )
    hint = Message("choose a darker colour of your own, or write {link}", link=f'"{darker.link}"')
    yield Finding(context.locate_setting("brand", "colour"), message, hint)

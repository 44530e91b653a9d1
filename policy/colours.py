"""The colour of an organisation, and the colours of links and lines that are derived from it.

Contrast is that of WCAG 2.2: text needs 4.5:1 (1.4.3), lines that mean something 3:1 (1.4.11).
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

COLOUR_PATTERN = r"#[0-9a-fA-F]{6}"
DEFAULT_COLOUR = "#0b5394"
TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0
# Darkness has less glare: a link that is only just readable there looks switched off.
_DARK_TEXT_CONTRAST = 7.0
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_STEPS = 100
_LINEAR_UP_TO = 0.04045

Rgb = tuple[int, int, int]


class Scheme(Enum):
    """A colour scheme of the pages: its paper, and the tints that lie behind some links (10-values.css)."""

    LIGHT = ("#ffffff", "#f3f6f9", "#fff4dc")
    DARK = ("#12171e", "#1b222c", "#2f2510")

    @property
    def surfaces(self) -> tuple[str, ...]:
        """What links and lines are seen on."""
        return self.value

    def measure(self, colour: str) -> float:
        """Return the least contrast of a colour to what it is seen on."""
        return min(compute_contrast(colour, surface) for surface in self.surfaces)


class SchemeColours(NamedTuple):
    """What the pages use in one colour scheme: for links and buttons, and for lines."""

    link: str
    line: str


def compute_contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_compute_luminance(first), _compute_luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def derive_colours(colour: str, scheme: Scheme) -> SchemeColours:
    """Return the colours nearest to `colour` that have the contrast they need in a colour scheme."""
    is_light = scheme is Scheme.LIGHT
    needed = TEXT_CONTRAST if is_light else _DARK_TEXT_CONTRAST
    return SchemeColours(link=_adjust(colour, scheme, needed), line=_adjust(colour, scheme, LINE_CONTRAST))


def choose_ink(colour: str) -> str:
    """Return black or white, whichever is read more easily on a colour."""
    return max(("#000000", "#ffffff"), key=lambda ink: compute_contrast(ink, colour))


def _adjust(colour: str, scheme: Scheme, needed: float) -> str:
    """Return a colour, mixed with as little black or white as gives it the contrast."""
    target = _BLACK if scheme is Scheme.LIGHT else _WHITE
    mixed = (_mix(colour.lower(), target, step) for step in range(_STEPS + 1))
    return next(candidate for candidate in mixed if scheme.measure(candidate) >= needed)


def _mix(colour: str, target: Rgb, step: int) -> str:
    channels = zip(_parse(colour), target, strict=True)
    return "#" + "".join(f"{(own * (_STEPS - step) + other * step) // _STEPS:02x}" for own, other in channels)


def _parse(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _compute_luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2, from 0 to 1."""
    red, green, blue = (_linearize(channel / 255) for channel in _parse(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linearize(channel: float) -> float:
    # The curve of sRGB, as WCAG defines it.
    return channel / 12.92 if channel <= _LINEAR_UP_TO else ((channel + 0.055) / 1.055) ** 2.4

"""What makes the pages those of one organisation: its colour in the style sheet, its icon and its logo."""

from __future__ import annotations

from collections.abc import Mapping

from generator.assets import ICON
from generator.rendering import Renderer
from policy.colours import DEFAULT_COLOUR, Scheme, choose_ink, derive_colours
from policy.models import Brand, Policy

# Between the values of the style sheet, which it changes, and those of paper, which change it.
_STYLE_PART = "15-brand.css"


def render_brand_styles(brand: Brand) -> Mapping[str, str]:
    """Return the part of the style sheet with the colours of links and lines, by its name."""
    light, dark = (_format_colours(brand, scheme) for scheme in Scheme)
    return {
        _STYLE_PART: f":root {{\n  {light}\n}}\n\n"
        f"@media (prefers-color-scheme: dark) {{\n  :root {{\n    {dark}\n  }}\n}}\n"
    }


def _format_colours(brand: Brand, scheme: Scheme) -> str:
    colours = derive_colours(brand.colour or DEFAULT_COLOUR, scheme)
    return f"--link: {colours.link}; --accent: {colours.line};"


def render_pictures(renderer: Renderer, policy: Policy) -> Mapping[str, bytes]:
    """Return the icon, which shows the initial of the organisation, and the logo, if it has one."""
    settings, locale = policy.settings, policy.languages[0]
    colour = settings.brand.colour or DEFAULT_COLOUR
    initial = next(filter(str.isalnum, settings.controller.name.get_text(locale)), "§").upper()
    icon = renderer.render_xml("icon.svg.j2", locale, colour=colour, ink=choose_ink(colour), initial=initial)
    logo = {str(settings.brand.logo): policy.logo} if settings.brand.logo else {}
    return {ICON: icon.encode(), **logo}

"""The page of whom to write to: the controller, the data protection officer, the authority, each for what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generator.context import SiteContext
from generator.frame import build_frame, has_rights
from generator.urls import create_mail_link, relative_url
from generator.view_models import Tab
from policy.fields import Locale

_DIALLED = frozenset("+0123456789")


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Somebody to write to: who that is, for what, and how; what is not known is empty."""

    id: str
    role: str
    name: str
    purpose: str
    address: Sequence[str]
    email: str
    email_href: str
    phone: str
    phone_href: str
    website: str


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Everybody to write to; `rights_href` is empty if the policy states no rights."""

    cards: Sequence[ContactCard]
    rights_href: str


def render_contact_page(site: SiteContext, locale: Locale) -> str:
    """Render the page of whom to write to."""
    here = site.urls.contact_path(locale)
    rights = relative_url(here, site.urls.rights_path(locale))
    page = ContactPage(
        cards=list(_list_cards(site, locale)), rights_href=rights if has_rights(site, locale) else ""
    )
    frame = build_frame(site, locale, site.urls.contact_path, site.locales, Tab.CONTACT)
    return site.renderer.render("contact.html.j2", locale, frame=frame, page=page)


class _Ways(NamedTuple):
    """How to reach somebody; what is not known is empty."""

    address: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


def _list_cards(site: SiteContext, locale: Locale) -> Iterator[ContactCard]:
    gettext = site.renderer.get_translator(locale)
    settings = site.find_settings(locale)
    controller, officer, authority = settings.controller, settings.dpo, settings.authority
    yield _create_card(
        "controller",
        gettext("Responsible for your data"),
        controller.name.get_text(locale),
        gettext(
            "Write to us if you have a question, or if you want to see, correct or erase data about you."
        ),
        _Ways(
            controller.address.get_text(locale) if controller.address else "",
            controller.email or "",
            controller.phone or "",
            controller.website or "",
        ),
    )
    if officer and (officer.name or officer.email or officer.phone):
        role = gettext("Data protection officer")
        name = officer.name.get_text(locale) if officer.name else ""
        purpose = gettext(
            "Write to the data protection officer if you want to talk about how we protect your data with "
            "somebody who has a duty of confidentiality."
        )
        own_name = "" if role.casefold() in name.casefold() else name
        ways = _Ways(email=officer.email or "", phone=officer.phone or "")
        yield _create_card("officer", role, own_name, purpose, ways)
    if authority:
        yield _create_card(
            "authority",
            gettext("Supervisory authority"),
            authority.name.get_text(locale),
            gettext("Complain here if you think that we break the rules. You may always do so."),
            _Ways(website=authority.url or ""),
        )


def _create_card(card_id: str, role: str, name: str, purpose: str, ways: _Ways) -> ContactCard:
    return ContactCard(
        id=card_id,
        role=role,
        name=name,
        purpose=purpose,
        address=[line.strip() for line in ways.address.splitlines() if line.strip()],
        email=ways.email,
        email_href=create_mail_link(ways.email) if ways.email else "",
        phone=ways.phone,
        # The blanks that group a telephone number are not part of it (RFC 3966).
        phone_href=f"tel:{''.join(sign for sign in ways.phone if sign in _DIALLED)}" if ways.phone else "",
        website=ways.website,
    )

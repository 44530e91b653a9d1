"""The page of the reader's rights: a card for each right that the policy states, with an e-mail to send.

What the law says of a right is the same for every policy: the deadline (GDPR Art. 12(3)) and the exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.context import SiteContext
from generator.frame import build_frame
from generator.urls import create_mail_link, relative_url
from generator.view_models import Tab
from policy.fact_models import Rights
from policy.fields import Locale
from policy.localization import format_term, format_value

# Of these the law has its own procedure: a complaint goes to somebody else, and a consent ends at once.
_COMPLAINT, _WITHDRAWAL = "complaint", "withdraw_consent"


@dataclass(frozen=True, slots=True)
class RightCard:
    """A right: its name, what the policy says of it, how to use it, and where the law limits it.

    `href` is an e-mail ready to be sent, or an address on the web, as `action` says; empty if there is
    neither. `deadline` is empty where the law has none.
    """

    id: str
    title: str
    text: str
    href: str
    action: str
    deadline: str
    exceptions: str


@dataclass(frozen=True, slots=True)
class RightsPage:
    """The rights that the policy states; `email` is empty if the policy has no address to write to.

    `others` says that there may be more rights than these; it is empty if the policy states all of them.
    """

    cards: Sequence[RightCard]
    others: str
    email: str
    contact_href: str
    policy_href: str


@dataclass(frozen=True, slots=True)
class _Words:
    """What a request for a right is called and says, and where the law limits the right."""

    action: str
    subject: str
    request: str
    exceptions: str


def render_rights_page(site: SiteContext, locale: Locale) -> str:
    """Render the page of the reader's rights."""
    here = site.urls.rights_path(locale)
    cards = list(_list_cards(site, locale))
    page = RightsPage(
        cards=cards,
        others=_format_others(site, cards, locale),
        email=site.find_settings(locale).controller.email or "",
        contact_href=relative_url(here, site.urls.contact_path(locale)),
        policy_href=relative_url(here, site.urls.home_path(locale)),
    )
    frame = build_frame(site, locale, site.urls.rights_path, site.locales, Tab.RIGHTS)
    return site.renderer.render("rights.html.j2", locale, frame=frame, page=page)


def _list_cards(site: SiteContext, locale: Locale) -> Iterator[RightCard]:
    version = site.find_front_page_version(locale)
    gettext = site.renderer.get_translator(locale)
    email = site.find_settings(locale).controller.email or ""
    words_by_right = _translate_words(gettext)
    for name in Rights.model_fields:
        stated = getattr(version.policy.facts.rights, name)
        if not stated:
            continue
        title = format_term(f"rights.{name}", locale)
        # Words that were removed from the version are still in its facts.
        text = "" if version.redactions else format_value(stated, locale)
        if name == _COMPLAINT:
            yield _create_complaint_card(site, locale, title, text)
            continue
        words = words_by_right[name]
        body = gettext(
            "To {controller}\n\n{request}\n\nMy name:\n"
            "The e-mail address or phone number that I have used with you:\n\nRegards,\n"
        ).format(
            controller=site.find_settings(locale).controller.name.get_text(locale), request=words.request
        )
        yield RightCard(
            id=name,
            title=title,
            text=text,
            href=create_mail_link(email, words.subject, body) if email else "",
            action=words.action,
            deadline="" if name == _WITHDRAWAL else gettext("You will get an answer within one month."),
            exceptions=words.exceptions,
        )


def _format_others(site: SiteContext, cards: Sequence[RightCard], locale: Locale) -> str:
    """Return that the law may give more rights than the policy states, and to whom readers can complain."""
    if len(cards) == len(Rights.model_fields):
        return ""
    gettext = site.renderer.get_translator(locale)
    line = gettext("These are the rights that the privacy policy mentions. The law may give you others.")
    authority = site.find_settings(locale).authority
    if authority is None or any(card.id == _COMPLAINT for card in cards):
        return line
    complaint = gettext("You can always complain to {authority}.")
    return f"{line} {complaint.format(authority=authority.name.get_text(locale))}"


def _create_complaint_card(site: SiteContext, locale: Locale, title: str, text: str) -> RightCard:
    gettext = site.renderer.get_translator(locale)
    authority = site.find_settings(locale).authority
    return RightCard(
        id=_COMPLAINT,
        title=title,
        text=text,
        href=(authority.url or "") if authority else "",
        action=gettext("Go to {authority}").format(authority=authority.name.get_text(locale))
        if authority
        else "",
        deadline="",
        exceptions="",
    )


def _translate_words(gettext: Callable[[str], str]) -> Mapping[str, _Words]:
    return {
        "access": _Words(
            gettext("Ask for access by e-mail"),
            gettext("Access to my personal data"),
            gettext(
                "I ask for access to the personal data that you process about me (GDPR Article 15), and for "
                "a copy of it."
            ),
            gettext(
                "You do not get to see what would harm the rights and freedoms of others (GDPR Article "
                "15(4)), or what the law requires us to keep secret."
            ),
        ),
        "rectification": _Words(
            gettext("Ask for correction by e-mail"),
            gettext("Correction of my personal data"),
            gettext("I ask you to correct personal data about me (GDPR Article 16).\n\nWrong:\nRight:"),
            gettext(
                "The law has no exceptions of its own. If we do not agree that something is wrong, we tell "
                "you why (GDPR Article 12(4))."
            ),
        ),
        "erasure": _Words(
            gettext("Ask for erasure by e-mail"),
            gettext("Erasure of my personal data"),
            gettext("I ask you to erase the personal data that you process about me (GDPR Article 17)."),
            gettext(
                "We may keep what the law requires us to keep, such as accounting records, and what is "
                "needed to establish or defend a legal claim (GDPR Article 17(3))."
            ),
        ),
        "restriction": _Words(
            gettext("Ask for restriction by e-mail"),
            gettext("Restriction of the use of my personal data"),
            gettext("I ask you to restrict the use of my personal data (GDPR Article 18).\n\nReason:"),
            gettext(
                "You have the right if you think that the data is wrong or its use unlawful, if you need it "
                "for a legal claim, or while an objection is considered (GDPR Article 18(1)). We may still "
                "store the data, and use it for legal claims or to protect others (Article 18(2))."
            ),
        ),
        "objection": _Words(
            gettext("Object by e-mail"),
            gettext("Objection to the use of my personal data"),
            gettext(
                "I object to your use of my personal data (GDPR Article 21).\n\nI object to:\nReason (not "
                "needed for direct marketing):"
            ),
            gettext(
                "We may go on if we have compelling legitimate grounds or need the data for a legal claim "
                "(GDPR Article 21(1)). There are no exceptions for direct marketing (Article 21(2) and (3))."
            ),
        ),
        "portability": _Words(
            gettext("Ask for your data by e-mail"),
            gettext("My personal data in a machine-readable format"),
            gettext(
                "I ask for the personal data that I have given you, in a machine-readable format (GDPR "
                "Article 20)."
            ),
            gettext(
                "The right is to data that you have given us, that we use with your consent or to fulfil a "
                "contract, and that is processed by automated means (GDPR Article 20(1)). The rights of "
                "others may limit it (Article 20(4))."
            ),
        ),
        _WITHDRAWAL: _Words(
            gettext("Withdraw your consent by e-mail"),
            gettext("Withdrawal of my consent"),
            gettext("I withdraw my consent (GDPR Article 7(3)).\n\nI had consented to:"),
            gettext(
                "There are no exceptions. What was done before you withdrew the consent remains lawful "
                "(GDPR Article 7(3))."
            ),
        ),
    }

"""The page on which readers check the log and all texts in their browser; verify.js does the work."""

from __future__ import annotations

from datetime import date

from generator.context import SiteContext
from generator.frame import build_frame
from generator.page_models import VerificationLanguage, VerificationPage
from generator.urls import relative_url
from generator.view_models import Tab
from policy.fields import Locale
from policy.localization import format_day, format_language_name

# verify.js replaces it with the number of each version.
_NUMBER = "{version}"
# verify.js replaces day and year in the example of a month.
_EXAMPLES = [date(2001, month, 22) for month in range(1, 13)]


def render_verification_page(site: SiteContext, locale: Locale) -> str:
    """Render the page that checks the log, with all words and addresses that its script needs."""
    here = site.urls.verification_path(locale)
    last = site.log.entries[-1]
    page = VerificationPage(
        script_href=relative_url(here, "verify.js"),
        root_href=relative_url(here, ""),
        log_href=relative_url(here, "api/log.json"),
        last_day=format_day(last.day, locale),
        last_hash=last.hash,
        languages=[_describe_language(site, other, locale) for other in site.locales],
        months=[format_day(day, locale) for day in _EXAMPLES],
    )
    frame = build_frame(site, locale, site.urls.verification_path, site.locales, Tab.CHANGES)
    return site.renderer.render("verification.html.j2", locale, frame=frame, page=page)


def _describe_language(site: SiteContext, other: Locale, locale: Locale) -> VerificationLanguage:
    """Return the addresses of the pages in another language from the page in `locale`."""
    here = site.urls.verification_path(locale)
    return VerificationLanguage(
        locale=other,
        name=format_language_name(other, locale, site.locales),
        home=relative_url(here, site.urls.home_path(other)),
        changelog=relative_url(here, site.urls.changelog_path(other)),
        version=relative_url(here, site.urls.version_path(other, _NUMBER)),
        changes=relative_url(here, site.urls.changes_path(other, _NUMBER)),
    )

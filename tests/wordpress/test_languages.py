"""The plugin knows the languages of the policy, and takes any locale of WordPress."""

import json

import pytest

from tests.helpers.language_cases import LANGUAGE_CASES
from tests.helpers.notice_reader import wait_for_notices
from tests.helpers.small_policy import describe_languages

pytestmark = pytest.mark.xdist_group("wordpress")

NAMESPACE = "\\Klartekst\\PolicyNotice"
SETTINGS = "/wp-admin/options-general.php?page=klartekst-policy-notice"


def _read_addresses(site, *locales):
    """Return the address of the policy for each locale, relative to that of its site."""
    calls = [f"{NAMESPACE}\\get_policy_address( '{locale}' )" for locale in locales]
    addresses = site.wordpress.evaluate_php(f"array( {', '.join(calls)} )")
    assert all(address.startswith(site.base_url) for address in addresses)
    return [address.removeprefix(site.base_url) for address in addresses]


def test_a_reader_gets_the_best_language_there_is(site):
    calls = []
    for codes, tag, _ in LANGUAGE_CASES:
        languages = json.dumps(describe_languages(site.base_url, codes), ensure_ascii=False)
        calls.append(f"{NAMESPACE}\\choose_language( '{tag}', json_decode( '{languages}', true ) )['code']")
    chosen = site.wordpress.evaluate_php(f"array( {', '.join(calls)} )")
    assert chosen == [code for _, _, code in LANGUAGE_CASES]


@pytest.mark.long
def test_saving_the_address_makes_the_languages_known(site):
    page = site.log_in("admin")
    site.wordpress.run_php("delete_option( 'klartekst_policy_notice_languages' );")
    assert _read_addresses(site, "nb_NO", "en_GB") == ["", ""]
    page.goto(site.wordpress.url + SETTINGS)
    with page.expect_navigation(url="**settings-updated=true"):
        page.get_by_role("button", name="Save Changes").click()
    assert _read_addresses(site, "nb_NO", "nn_NO", "en_GB", "de_DE") == ["", "", "en/", "en/"]


def test_a_policy_may_have_any_language_at_its_root(site):
    site.announce(codes=("en", "nb"))
    assert _read_addresses(site, "nb_NO", "nn_NO", "en_GB", "de_DE") == ["nb/", "nb/", "", ""]
    site.announce(codes=("nb",))
    assert _read_addresses(site, "nb_NO", "en_GB") == ["", ""]


def test_a_language_that_only_an_announcement_has_is_not_linked(site):
    norwegian, english = describe_languages(site.base_url)
    rows = [norwegian, {**english, "home": None}]
    site.publish(json.dumps({"schema": 2, "languages": rows, "announcements": []}))
    assert _read_addresses(site, "en_GB") == [""]


def test_languages_of_another_address_do_not_count(site):
    site.wordpress.run_php(f"update_option( 'klartekst_policy_notice_site', '{site.base_url}ny/' );")
    assert _read_addresses(site, "en_GB") == ["ny/"]


@pytest.mark.long
def test_the_announcements_are_refreshed_every_hour_and_no_page_waits_for_it(site):
    site.wordpress.run_php("wp_clear_scheduled_hook( 'klartekst_policy_notice_refresh' );")
    del site.policy.requests[:]
    site.open_home(site.log_in("emma"))
    schedule = "wp_get_schedule( 'klartekst_policy_notice_refresh' )"
    assert site.wordpress.evaluate_php(schedule) == "hourly"
    assert site.policy.requests == []
    site.wordpress.run_php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "deactivate_plugins( 'klartekst-policy-notice/klartekst-policy-notice.php' );"
    )
    assert site.wordpress.evaluate_php(schedule) is False


def test_a_policy_in_nynorsk_is_linked_for_readers_of_nynorsk(site):
    site.announce(codes=("nb", "nn", "en"))
    assert _read_addresses(site, "nb_NO", "nn_NO", "en_GB") == ["", "nn/", "en/"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("codes", "locale", "heading"),
    [
        (("nb", "nn", "en"), "nn_NO", "Endringar i personvernerklæringa"),
        (("nb", "en"), "nn_NO", "Endringer i personvernerklæringen"),
        (("nb", "en"), "de_DE_formal", "Changes to the privacy policy"),
    ],
)
def test_a_member_may_have_any_locale(site, members, codes, locale, heading):
    site.announce("2.0", channels=("alert",), codes=codes)
    user = members["emma"]
    site.wordpress.run_php(f"update_user_meta( {user}, 'locale', '{locale}' );")
    try:
        page = site.log_in("emma")
        wait_for_notices(page)
        assert page.locator("policy-notice .policy").inner_text() == heading
        assert page.locator("policy-notice").first.get_attribute("lang") == locale.replace("_", "-")
    finally:
        site.wordpress.run_php(f"update_user_meta( {user}, 'locale', 'en_GB' );")

"""WordPress' own tools for privacy: export, erasure, retention, the text for the policy and its address."""

import time

import pytest

from tests.helpers.small_policy import make_entry

pytestmark = pytest.mark.xdist_group("wordpress")

SETTINGS = "/wp-admin/options-general.php?page=klartekst-policy-notice"
DAY = 86400
NAMESPACE = r"Klartekst\PolicyNotice"


def _record(site, user, *rows):
    for row in rows:
        value = row.replace(" ", f" {make_entry(row.split()[0])} ", 1)
        site.wordpress.run_php(f"add_user_meta( {user}, 'klartekst_policy_log', '{value}' );")


def _run_tool(site, kind, email):
    """Run the plugin's callback that WordPress finds by the filter of a tool."""
    tools = f"apply_filters( 'wp_privacy_personal_data_{kind}', array() )['klartekst-policy-notice']"
    return site.wordpress.evaluate_php(f"call_user_func( {tools}['callback'], '{email}', 1 )")


def test_the_export_of_personal_data_has_every_record_of_the_member_only(site, members):
    _record(
        site, members["emma"], "2.0 login shown 3600", "2.0 login acknowledged 7200", "2.0 alert shown 3600"
    )
    _record(site, members["kari"], "3.0 login shown 3600")
    answer = _run_tool(site, "exporters", "emma@example.no")
    assert answer["done"] is True
    rows = [[field["value"] for field in item["data"]] for item in answer["data"]]
    assert rows == [
        ["2.0", "Dialog after a login", "1970-01-01 01:00", "1970-01-01 02:00"],
        ["2.0", "Banner", "1970-01-01 01:00", ""],
    ]
    assert len({item["item_id"] for item in answer["data"]}) == 2
    assert _run_tool(site, "exporters", "nobody@example.no") == {"data": [], "done": True}


def test_the_erasure_deletes_everything_of_the_member_only(site, members):
    for login in members:
        _record(site, members[login], "2.0 login shown 3600")
        site.wordpress.run_php(f"update_user_meta( {members[login]}, 'klartekst_policy_seen', '2.0' );")
    answer = _run_tool(site, "erasers", "emma@example.no")
    assert (answer["items_removed"], answer["items_retained"], answer["done"]) == (True, False, True)
    for key in ("seen", "log", "ask"):
        assert site.wordpress.user_meta(members["emma"], f"klartekst_policy_{key}") == []
    assert len(site.wordpress.user_meta(members["kari"], "klartekst_policy_log")) == 1
    assert _run_tool(site, "erasers", "emma@example.no")["items_removed"] is False


@pytest.mark.long
def test_records_are_deleted_after_the_period_that_the_webmaster_sets(site, members):
    emma, now = members["emma"], int(time.time())
    _record(site, emma, f"2.0 login shown {now - 100 * DAY}", f"3.0 login shown {now - 80 * DAY}")
    site.wordpress.run_php(f"update_user_meta( {emma}, 'klartekst_policy_seen', '2.0' );")
    assert (
        site.wordpress.evaluate_php("wp_next_scheduled( 'klartekst_policy_notice_delete_old' ) > 0") is True
    )
    delete = "do_action( 'klartekst_policy_notice_delete_old' );"
    site.wordpress.run_php(delete)
    assert len(site.wordpress.user_meta(emma, "klartekst_policy_log")) == 2

    page = site.log_in("admin")
    page.goto(site.wordpress.url + SETTINGS)
    field = page.get_by_label("Months for which the record is kept")
    assert field.input_value() == "36"
    field.fill("3")
    with page.expect_navigation(url="**settings-updated=true"):
        page.get_by_role("button", name="Save Changes").click()
    try:
        assert page.get_by_label("Months for which the record is kept").input_value() == "3"
        site.wordpress.run_php(delete)
    finally:
        site.wordpress.run_php("delete_option( 'klartekst_policy_notice_months' );")
    assert [row.split()[0] for row in site.wordpress.user_meta(emma, "klartekst_policy_log")] == ["3.0"]
    assert site.wordpress.user_meta(emma, "klartekst_policy_seen") == ["2.0"]


@pytest.mark.parametrize("stored", ["'0'", "'-1'", "'121'", "'x'", "array( 1 )"])
def test_a_period_that_makes_no_sense_is_the_usual_one(site, stored):
    months = f"call_user_func( '{NAMESPACE}\\get_retention_months' )"
    code = f"add_filter( 'pre_option_klartekst_policy_notice_months', function () {{ return {stored}; }} );"
    assert site.wordpress.run_php(f"{code} echo {months};") == "36"


@pytest.mark.long
def test_the_text_that_is_suggested_for_the_policy_names_the_period(site):
    page = site.log_in("admin")
    page.goto(f"{site.wordpress.url}/wp-admin/options-privacy.php?tab=policyguide")
    text = page.locator("body").text_content()
    assert "We delete this after 36 months, or with the account." in text


def test_wordpress_links_to_the_policy_in_the_language_of_the_page(site):
    no_page = "add_filter( 'pre_option_wp_page_for_privacy_policy', '__return_zero' );"
    links = "echo get_privacy_policy_url(), ' ', get_the_privacy_policy_link();"
    url = f"{site.base_url}en/"
    link = f'<a class="privacy-policy-link" href="{url}" rel="privacy-policy">Privacy policy</a>'
    assert site.wordpress.run_php(no_page + links) == f"{url} {link}"
    assert f'href="{url}"' in site.wordpress.run_php(links)
    site.wordpress.run_php("update_option( 'klartekst_policy_notice_site', '' );")
    assert site.wordpress.run_php(no_page + links) == " "

"""What Site Health says of the policy: that it does not answer, or that nobody builds its site any more."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.small_policy import announcements_json, make_announcement
from tests.wordpress.conftest import CLOSED

pytestmark = pytest.mark.xdist_group("wordpress")

OPTION = "klartekst_policy_notice_announcements"
RUN = """
require_once ABSPATH . 'wp-admin/includes/class-wp-site-health.php';
$tests = WP_Site_Health::get_tests()['direct'];
"""


def day(ago: int) -> str:
    """Return a day, so many days ago."""
    return (datetime.now(UTC) - timedelta(days=ago)).strftime("%Y-%m-%d")


def assess(site) -> dict[str, str]:
    """Return the result of the plugin's test as Site Health gets it."""
    text = site.wordpress.run_php(
        f"{RUN} echo wp_json_encode( call_user_func( $tests['klartekst_policy_notice']['test'] ) );"
    )
    return json.loads(text)


def publish(site, built: str | None, *effective: str) -> None:
    """Publish announcements of versions that take effect on these days, from a site built on a day."""
    rows = [
        {**make_announcement(site.base_url, f"{number}.0"), "effective": effective_day}
        for number, effective_day in enumerate(effective, start=2)
    ]
    document = json.loads(announcements_json(site.base_url, *rows))
    site.publish(json.dumps(document if built is None else {**document, "built": built}))


def age_copy(site, days: int) -> None:
    """Let the last answer be so many days old."""
    site.wordpress.run_php(
        f"$stored = get_option( '{OPTION}' ); $stored['received'] -= {days} * DAY_IN_SECONDS;"
        f"update_option( '{OPTION}', $stored );"
    )


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("built", "effective", "status"),
    [
        (0, [-30], "good"),
        (0, [0], "good"),
        (2, [2], "good"),
        (1, [-1], "good"),
        (3, [2], "critical"),
        (5, [-30, 2], "critical"),
        (6, [], "good"),
        (30, [-30], "recommended"),
        (30, [3], "critical"),
        (None, [3], "good"),
    ],
)
def test_a_day_that_has_passed_without_a_build_is_found(site, built, effective, status):
    publish(site, None if built is None else day(built), *map(day, effective))
    assert assess(site)["status"] == status


def test_the_problem_names_the_version_and_both_days(site):
    publish(site, day(4), day(2))
    found = assess(site)
    assert f"Version 2.0 took effect on {day(2)}" in found["description"]
    assert f"was last built on {day(4)}" in found["description"]
    assert "options-general.php?page=klartekst-policy-notice" in found["actions"]


def test_what_an_old_copy_says_of_the_site_is_not_held_against_it(site):
    publish(site, day(4), day(-1))
    age_copy(site, 3)
    found = assess(site)
    assert (found["status"], found["label"]) == (
        "recommended",
        "The announcements of the privacy policy are old",
    )


def test_a_policy_that_never_answered_is_a_problem(site):
    site.wordpress.run_php(f"delete_option( '{OPTION}' );")
    assert assess(site)["label"] == "The privacy policy has never answered"


def test_without_an_address_there_is_no_test(site):
    site.wordpress.run_php("update_option( 'klartekst_policy_notice_site', '' );")
    assert "klartekst_policy_notice" not in json.loads(
        site.wordpress.run_php(f"{RUN} echo wp_json_encode( array_keys( $tests ) );")
    )


def test_the_administrator_sees_it_in_site_health(site):
    publish(site, day(4), day(2))
    page = site.log_in("admin")
    page.goto(f"{site.wordpress.url}/wp-admin/site-health.php")
    page.get_by_role("button", name="The privacy policy shows a version that no longer applies").wait_for()
    # Attached, not visible: WordPress opens it on a click, and loses clicks while its other tests still run.
    page.get_by_text("Version 2.0 took effect on").wait_for(state="attached")


def assess_rest_api(site) -> dict[str, str]:
    """Return the result of the test of the REST API as Site Health gets it."""
    text = site.wordpress.run_php(
        f"{RUN} echo wp_json_encode( call_user_func( $tests['klartekst_policy_notice_rest']['test'] ) );"
    )
    return json.loads(text)


@pytest.mark.parametrize("how", [None, *CLOSED])
def test_a_closed_rest_api_is_found(site, close_rest_api, how):
    if how:
        close_rest_api(CLOSED[how])
    result = assess_rest_api(site)
    assert result["status"] == ("recommended" if how else "good")
    assert ("REST API is closed" in result["label"]) is bool(how)


def test_an_open_rest_api_without_announcements_is_open(site):
    site.wordpress.run_php(f"delete_option( '{OPTION}' );")
    assert assess_rest_api(site)["status"] == "good"

"""A member logs in to a real WordPress, sees what is new in the policy, acknowledges it, and it is gone."""

import pytest

pytestmark = pytest.mark.xdist_group("wordpress")


@pytest.mark.parametrize(
    ("login", "heading", "click"),
    [
        ("kari", "Endringer i personvernerklæringen", "Jeg har sett dette"),
        ("emma", "Changes to the privacy policy", "I have seen this"),
    ],
)
def test_a_member_sees_the_notice_at_login_acknowledges_it_and_it_is_gone(
    site, members, login, heading, click
):
    site.announces("2.0")
    page = site.member(login)
    dialog = page.get_by_role("dialog", name=heading)
    dialog.wait_for()
    with page.expect_response(lambda answer: answer.url.endswith("acknowledged")) as answer:
        dialog.get_by_role("button", name=click).click()
    assert answer.value.json() == {"seen": "2.0"}
    assert dialog.count() == 0
    assert site.wordpress.meta(members[login], "klartekst_policy_seen") == ["2.0"]
    log = [entry.rpartition(" ")[0] for entry in site.wordpress.meta(members[login], "klartekst_policy_log")]
    assert log == ["2.0 login shown", "2.0 login acknowledged"]

    site.home(page)
    assert page.locator("policy-notice dialog").count() == 0
    again = site.member(login)
    again.wait_for_load_state("networkidle")
    assert again.locator("policy-notice").count() == 2
    assert again.locator("policy-notice :is(dialog, section)").count() == 0


def test_what_comes_later_is_asked_about_at_the_next_login(site):
    site.announces("2.0")
    page = site.member("emma")
    with page.expect_response(lambda answer: answer.url.endswith("acknowledged")):
        page.get_by_role("button", name="I have seen this").click()
    site.announces("3.0", "2.0")
    page = site.member("emma")
    page.get_by_role("dialog").wait_for()
    assert page.locator("policy-notice h3").all_inner_texts() == ["Version 3.0 of the privacy policy"]


def test_a_dialog_that_was_only_closed_comes_again_at_the_next_login_and_not_before(site, members):
    site.announces("2.0")
    page = site.visitor()
    with page.expect_response(lambda answer: answer.url.endswith("shown")):
        site.member("emma", page)
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    site.home(page)
    assert page.get_by_role("dialog").count() == 0
    assert site.wordpress.meta(members["emma"], "klartekst_policy_seen") == []
    page = site.member("emma")
    page.get_by_role("dialog").wait_for()


def test_an_alert_is_shown_on_every_page_to_members_alone(site, members):
    site.announces("2.0", channels=("login", "alert"))
    visitor = site.visitor()
    site.home(visitor)
    assert visitor.locator("policy-notice").count() == 0
    assert visitor.locator("script[src*='notice.js']").count() == 0

    page = site.visitor()
    with page.expect_response(
        lambda answer: answer.url.endswith("shown") and "login" in answer.request.post_data
    ):
        site.member("kari", page)
    page.get_by_role("button", name="Ikke nå").click()
    site.home(page)
    banner = page.get_by_role("region", name="Endringer i personvernerklæringen")
    assert banner.is_visible()
    with page.expect_response(lambda answer: answer.url.endswith("acknowledged")):
        banner.get_by_role("button", name="Jeg har sett dette").click()
    site.home(page)
    assert banner.count() == 0
    log = [entry.rpartition(" ")[0] for entry in site.wordpress.meta(members["kari"], "klartekst_policy_log")]
    assert sorted(log) == ["2.0 alert acknowledged", "2.0 alert shown", "2.0 login shown"]


def test_a_theme_without_wp_body_open_shows_the_banner_too(site):
    theme = site.wordpress.path / "wp-content" / "themes" / "plain" / "index.php"
    text = theme.read_text()
    site.announces("2.0", channels=("alert",))
    try:
        theme.write_text(text.replace("wp_body_open();", ""))
        page = site.member("emma")
        site.home(page)
        assert page.get_by_role("region", name="Changes to the privacy policy").count() == 1
    finally:
        theme.write_text(text)


def test_without_an_address_nothing_is_shown_or_loaded(site):
    site.wordpress.run("update_option( 'klartekst_policy_notice_site', '' );")
    page = site.member("emma")
    assert page.locator("policy-notice, script[src*='notice.js']").count() == 0


def test_the_scripts_are_deferred_in_the_order_they_need(site):
    page = site.member("emma")
    scripts = page.locator("script[id^='klartekst-policy'][src]")
    assert [one.get_attribute("defer") for one in scripts.all()] == ["", ""]
    assert scripts.last.get_attribute("src") == f"{site.base}notice.js"


def test_a_policy_that_is_down_harms_no_page(site):
    site.policy.page("/personvern/notice.js", "down", status=500)
    page = site.visitor()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    site.member("emma", page)
    site.home(page)
    assert errors == []

"""What the webmaster does: sets the address, places the link, exports the record, takes the plugin away."""

import csv
import io
import json
import re

import pytest

pytestmark = pytest.mark.xdist_group("wordpress")

SETTINGS = "/wp-admin/options-general.php?page=klartekst-policy-notice"


KEPT = {
    "https://dinbedrift.no/personvern": "https://dinbedrift.no/personvern/",
    "http://localhost:8000/": "http://localhost:8000/",
    "": "",
}
REFUSED = (
    "javascript:alert(1)",
    "ftp://dinbedrift.no/",
    "https://dinbedrift.no/?a=b",
    "personvern",
    "https://",
)


def _type_address(site, page, address):
    page.goto(site.wordpress.url + SETTINGS)
    page.evaluate("document.querySelector('input[type=url]').type = 'text'")  # past the browser's own check
    page.get_by_label("Address of the privacy policy").fill(address)
    # WordPress takes this word out of the address at once: the wait begins before the click.
    with page.expect_navigation(url="**settings-updated=true"):
        page.get_by_role("button", name="Save Changes").click()
    return page.get_by_label("Address of the privacy policy").input_value()


def test_the_address_is_kept_in_one_form_or_not_at_all(site):
    page = site.member("admin")
    for address in REFUSED:
        assert _type_address(site, page, address) == site.base
        assert page.get_by_text("This is no web address").count() == 1
    for address, kept in KEPT.items():
        assert _type_address(site, page, address) == kept
        assert page.get_by_text("This is no web address").count() == 0


def test_an_address_where_no_policy_answers_is_kept_and_told_of(site):
    page = site.member("admin")
    site.wordpress.run("delete_option( 'klartekst_policy_notice_site' );")
    silent = page.get_by_text("no privacy policy answers at this address")
    assert _type_address(site, page, f"{site.base}api/") == f"{site.base}api/"
    assert silent.count() == 1
    assert _type_address(site, page, site.base) == site.base
    assert silent.count() == 0
    assert page.get_by_text("Settings saved.").count() == 1


def test_the_list_of_plugins_leads_to_the_settings(site):
    page = site.member("admin")
    page.goto(f"{site.wordpress.url}/wp-admin/plugins.php")
    page.get_by_role("row", name="Klartekst Policy Notice").get_by_role("link", name="Settings").click()
    assert page.get_by_label("Address of the privacy policy").input_value() == site.base


def test_the_settings_speak_norwegian_to_a_norwegian(site):
    admin = site.wordpress.value("get_user_by( 'login', 'admin' )->ID")
    site.wordpress.run(f"update_user_meta( {admin}, 'locale', 'nb_NO' );")
    try:
        page = site.member("admin")
        page.goto(site.wordpress.url + SETTINGS)
        assert page.get_by_role("heading", name="Personvernvarsler").is_visible()
        assert page.get_by_label("Adressen til personvernerklæringen").is_visible()
    finally:
        site.wordpress.run(f"update_user_meta( {admin}, 'locale', '' );")


def test_a_subscriber_has_no_settings_and_no_export(site):
    page = site.member("emma")
    assert page.goto(site.wordpress.url + SETTINGS).status == 403
    answer = page.request.post(
        f"{site.wordpress.url}/wp-admin/admin-post.php", form={"action": "klartekst_policy_notice_export"}
    )
    assert answer.status == 403


@pytest.fixture
def told(site, members):
    """Two members were shown 2.0, one acknowledged it, and saw 10.0 as an alert."""
    log = {
        "kari": ("2.0 login shown 86400",),
        "emma": ("10.0 alert shown 259200", "2.0 login shown 86400", "2.0 login acknowledged 172800"),
    }
    for login, entries in log.items():
        for entry in entries:
            site.wordpress.run(f"add_user_meta( {members[login]}, 'klartekst_policy_log', '{entry}' );")
    page = site.member("admin")
    page.goto(site.wordpress.url + SETTINGS)
    return page


def _export(page, name):
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return download.value.path().read_text()


def test_the_export_counts_without_a_name_or_an_address(site, told):
    text = _export(told, "Export as JSON")
    assert re.findall("kari|emma|example.no|@", text) == []
    found = json.loads(text)
    assert (found["schema"], found["site"]) == (1, site.base)
    assert found["counts"] == [
        {"version": "2.0", "channel": "login", "shown": 2, "acknowledged": 1},
        {"version": "10.0", "channel": "alert", "shown": 1, "acknowledged": 0},
    ]
    assert all(re.fullmatch("[0-9a-f]{64}", row["user"]) for row in found["log"])
    assert [row["shown"] for row in found["log"] if row["version"] == "10.0"] == ["1970-01-04T00:00:00Z"]


def test_nobody_can_be_followed_from_one_version_to_the_next_or_into_a_servers_log(site, told, members):
    more = ("2.0 alert shown 90061", "3.0 login shown 93784")
    for entry in more:
        site.wordpress.run(f"add_user_meta( {members['kari']}, 'klartekst_policy_log', '{entry}' );")
    log = json.loads(_export(told, "Export as JSON"))["log"]
    users = {version: {row["user"] for row in log if row["version"] == version} for version in ("2.0", "3.0")}
    assert {version: len(found) for version, found in users.items()} == {"2.0": 2, "3.0": 1}
    assert not users["2.0"] & users["3.0"]
    times = {row["shown"] for row in log if row["channel"] == "alert" or row["version"] == "3.0"}
    assert times == {"1970-01-02T01:00:00Z", "1970-01-02T02:00:00Z", "1970-01-04T00:00:00Z"}


def test_nobody_told_is_an_export_too(site):
    page = site.member("admin")
    page.goto(site.wordpress.url + SETTINGS)
    found = json.loads(_export(page, "Export as JSON"))
    assert (found["log"], found["counts"]) == ([], [])


def test_the_csv_says_the_same(told):
    rows = list(csv.DictReader(io.StringIO(_export(told, "Export as CSV"))))
    assert sorted((row["version"], row["channel"], row["shown"], row["acknowledged"]) for row in rows) == [
        ("10.0", "alert", "1970-01-04T00:00:00Z", ""),
        ("2.0", "login", "1970-01-02T00:00:00Z", ""),
        ("2.0", "login", "1970-01-02T00:00:00Z", "1970-01-03T00:00:00Z"),
    ]


def test_an_export_that_another_page_asks_for_is_refused(site, told):
    answer = told.request.post(
        f"{site.wordpress.url}/wp-admin/admin-post.php",
        form={"action": "klartekst_policy_notice_export", "format": "json", "_wpnonce": "0123456789"},
    )
    assert answer.status == 403


@pytest.mark.parametrize(
    ("locale", "folder", "words"), [("nb_NO", "", "Personvernerklæring"), ("en_GB", "en/", "Privacy policy")]
)
def test_the_link_leads_to_the_policy_in_the_language_of_the_page(site, locale, folder, words):
    link = f'<a href="{site.base}{folder}">{words}</a>'
    placed = "[klartekst_policy_link] | <!-- wp:klartekst/policy-link /-->"
    site.wordpress.run(f"update_option( 'WPLANG', '{locale}' );")
    made = site.wordpress.value(f"apply_filters( 'the_content', '{placed}' )")
    site.wordpress.run("update_option( 'WPLANG', '' );")
    assert made.count(link) == 2
    assert 'class="wp-block-klartekst-policy-link"' in made


def test_the_words_of_a_link_are_words(site):
    code = (
        "do_shortcode( '[klartekst_policy_link]our <b onclick=x>policy</b> & more[/klartekst_policy_link]' )"
    )
    assert site.wordpress.value(code) == f'<a href="{site.base}en/">our policy &amp; more</a>'


def test_the_block_can_be_placed_in_the_editor(site):
    page = site.member("admin")
    page.goto(f"{site.wordpress.url}/wp-admin/post-new.php")
    page.wait_for_function("window.wp?.blocks?.getBlockType('klartekst/policy-link')")
    page.evaluate(
        "wp.data.dispatch('core/block-editor').insertBlock(wp.blocks.createBlock('klartekst/policy-link'))"
    )
    link = page.locator(f"a[href='{site.base}en/']")
    link.wait_for()
    assert link.inner_text() == "Privacy policy"


@pytest.mark.usefixtures("told")
def test_uninstalling_leaves_nothing(site):
    left = [
        f"$wpdb->get_var( \"SELECT COUNT(*) FROM $wpdb->{table} WHERE {column} LIKE '%klartekst%'\" )"
        for table, column in (
            ("options", "option_name"),
            ("options", "option_value"),
            ("usermeta", "meta_key"),
        )
    ]
    count = f"array_map( 'intval', array( {', '.join(left)} ) )"
    assert 0 not in site.wordpress.value(count)
    site.wordpress.run(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "$plugin = 'klartekst-policy-notice/klartekst-policy-notice.php';"
        "deactivate_plugins( $plugin ); uninstall_plugin( $plugin );"
        # What WordPress itself notes of the files of every plugin:
        "delete_option( 'uninstall_plugins' ); delete_option( 'recently_activated' );"
    )
    assert site.wordpress.value(count) == [0, 0, 0]

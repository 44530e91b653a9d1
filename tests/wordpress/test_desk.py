"""What the webmaster does: set the address, place the link, export the record, remove the plugin."""

import csv
import hmac
import io
import json
import re

import pytest

from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.small_policy import make_entry

pytestmark = pytest.mark.xdist_group("wordpress")

SETTINGS = "/wp-admin/options-general.php?page=klartekst-policy-notice"


ACCEPTED = {
    "https://dinbedrift.no/personvern": "https://dinbedrift.no/personvern/",
    "http://localhost:8000/": "http://localhost:8000/",  # the tests allow it
    " https://blåbær.no:8443/om-oss/personvern ": "https://blåbær.no:8443/om-oss/personvern/",
    "": "",
}
REFUSED = (
    "javascript:alert(1)",
    "ftp://dinbedrift.no/",
    "https://dinbedrift.no/?a=b",
    "personvern",
    "https://",
    "https://kari:hemmelig@dinbedrift.no/",
    "https://dinbedrift.no/a/../b/",
    "https://dinbedrift.no/%2E%2e/",
    "https://dinbedrift.no/#a",
    "https://dinbedrift.no\\@example.com/",
    'https://dinbedrift.no/"><script>alert(1)</script>/',
    "https://dinbedrift.no/" + "a" * 500,
)


def _type_address(site, page, address):
    page.goto(site.wordpress.url + SETTINGS)
    page.evaluate("document.querySelector('input[type=url]').type = 'text'")  # past the browser's own check
    page.get_by_label("Address of the privacy policy").fill(address)
    # WordPress removes this parameter from the address at once, so the wait starts before the click.
    with page.expect_navigation(url="**settings-updated=true"):
        page.get_by_role("button", name="Save Changes").click()
    return page.get_by_label("Address of the privacy policy").input_value()


@pytest.mark.long
def test_an_address_is_stored_in_one_form_or_refused(site):
    page = site.log_in("admin")
    for address in REFUSED:
        assert _type_address(site, page, address) == site.base_url
        assert page.get_by_text("This is not an address that begins with https").count() == 1
    for address, stored in ACCEPTED.items():
        assert _type_address(site, page, address) == stored
        assert page.get_by_text("This is not an address that begins with https").count() == 0


@pytest.mark.long
def test_an_address_where_no_policy_answers_is_stored_with_a_warning(site):
    page = site.log_in("admin")
    site.wordpress.run_php("delete_option( 'klartekst_policy_notice_site' );")
    warning = page.get_by_text("no privacy policy answers at this address")
    assert _type_address(site, page, f"{site.base_url}api/") == f"{site.base_url}api/"
    assert warning.count() == 1
    assert _type_address(site, page, site.base_url) == site.base_url
    assert warning.count() == 0
    assert page.get_by_text("Settings saved.").count() == 1


@pytest.mark.long
def test_the_settings_page_says_from_when_the_announcements_are(site):
    page = site.log_in("admin")
    for count in (1, 0):
        page.goto(site.wordpress.url + SETTINGS)
        words = re.compile(
            r"The announcements are from \d{4}-\d\d-\d\d \d\d:\d\d\. They are requested every hour\."
        )
        assert page.get_by_text(words).count() == count
        site.wordpress.run_php("delete_option( 'klartekst_policy_notice_announcements' );")


@pytest.mark.long
def test_the_list_of_plugins_links_to_the_settings(site):
    page = site.log_in("admin")
    page.goto(f"{site.wordpress.url}/wp-admin/plugins.php")
    page.get_by_role("row", name="Klartekst Policy Notice").get_by_role("link", name="Settings").click()
    assert page.get_by_label("Address of the privacy policy").input_value() == site.base_url


@pytest.mark.long
@pytest.mark.parametrize(
    ("locale", "label"),
    [("nb_NO", "Adressen til personvernerklæringen"), ("nn_NO", "Adressa til personvernerklæringa")],
)
def test_a_norwegian_user_sees_the_settings_in_norwegian(site, locale, label):
    admin = site.wordpress.evaluate_php("get_user_by( 'login', 'admin' )->ID")
    site.wordpress.run_php(f"update_user_meta( {admin}, 'locale', '{locale}' );")
    try:
        page = site.log_in("admin")
        page.goto(site.wordpress.url + SETTINGS)
        assert page.get_by_label(label).is_visible()
    finally:
        site.wordpress.run_php(f"update_user_meta( {admin}, 'locale', '' );")


def test_a_subscriber_has_neither_settings_nor_export(site):
    page = site.log_in("emma")
    assert page.goto(site.wordpress.url + SETTINGS).status == 403
    answer = page.request.post(
        f"{site.wordpress.url}/wp-admin/admin-post.php", form={"action": "klartekst_policy_notice_export"}
    )
    assert answer.status == 403


@pytest.fixture
def settings_page(site, members):
    """The settings page after two members saw 2.0; one acknowledged it and saw 10.0 as an alert."""
    old, new = (f"{version} {make_entry(version)}" for version in ("2.0", "10.0"))
    log = {
        "kari": (f"{old} login shown 86400",),
        "emma": (f"{new} alert shown 259200", f"{old} login shown 86400", f"{old} login acknowledged 172800"),
    }
    for login, entries in log.items():
        for entry in entries:
            site.wordpress.run_php(f"add_user_meta( {members[login]}, 'klartekst_policy_log', '{entry}' );")
    page = site.log_in("admin")
    page.goto(site.wordpress.url + SETTINGS)
    return page


def _download_export(page, button):
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path().read_text()


def test_the_export_counts_without_names_or_addresses(site, settings_page):
    text = _download_export(settings_page, "Export as JSON")
    assert re.findall("kari|emma|example.no|@", text) == []
    found = json.loads(text)
    assert (found["schema"], found["site"]) == (3, site.base_url)
    assert found["counts"] == [
        {"version": "2.0", "entry": make_entry("2.0"), "channel": "login", "shown": 2, "acknowledged": 1},
        {"version": "10.0", "entry": make_entry("10.0"), "channel": "alert", "shown": 1, "acknowledged": 0},
    ]
    assert all(re.fullmatch("[0-9a-f]{64}", row["user"]) for row in found["log"])
    assert [row["shown"] for row in found["log"] if row["version"] == "10.0"] == ["1970-01-04T00:00:00Z"]


@pytest.mark.long
def test_the_export_has_the_form_that_the_webmasters_page_shows(settings_page):
    found = json.loads(_download_export(settings_page, "Export as JSON"))
    shown = json.loads(read_quoted_code("website.md", "policy-notices.json"))
    assert list(found) == list(shown)
    for name in ("log", "counts"):
        assert [*found[name][0]] == [*shown[name][0]]


@pytest.mark.long
def test_the_export_links_no_member_across_versions_or_to_a_server_log(site, settings_page, members):
    more = (f"2.0 {make_entry('2.0')} alert shown 90061", f"3.0 {make_entry('3.0')} login shown 93784")
    for entry in more:
        site.wordpress.run_php(f"add_user_meta( {members['kari']}, 'klartekst_policy_log', '{entry}' );")
    log = json.loads(_download_export(settings_page, "Export as JSON"))["log"]
    users = {version: {row["user"] for row in log if row["version"] == version} for version in ("2.0", "3.0")}
    assert {version: len(found) for version, found in users.items()} == {"2.0": 2, "3.0": 1}
    assert not users["2.0"] & users["3.0"]
    times = {row["shown"] for row in log if row["channel"] == "alert" or row["version"] == "3.0"}
    assert times == {"1970-01-02T01:00:00Z", "1970-01-02T02:00:00Z", "1970-01-04T00:00:00Z"}


@pytest.mark.long
def test_an_export_may_be_empty(site):
    page = site.log_in("admin")
    page.goto(site.wordpress.url + SETTINGS)
    found = json.loads(_download_export(page, "Export as JSON"))
    assert (found["log"], found["counts"]) == ([], [])


@pytest.mark.long
def test_the_csv_export_has_the_same_rows(settings_page):
    rows = list(csv.DictReader(io.StringIO(_download_export(settings_page, "Export as CSV"))))
    assert {row["entry"] for row in rows} == {make_entry("2.0"), make_entry("10.0")}
    assert sorted((row["version"], row["channel"], row["shown"], row["acknowledged"]) for row in rows) == [
        ("10.0", "alert", "1970-01-04T00:00:00Z", ""),
        ("2.0", "login", "1970-01-02T00:00:00Z", ""),
        ("2.0", "login", "1970-01-02T00:00:00Z", "1970-01-03T00:00:00Z"),
    ]


def _hash(key, *parts):
    return hmac.new(key.encode(), "\0".join(parts).encode(), "sha256").hexdigest()


@pytest.mark.long
def test_with_the_key_of_the_ledger_the_export_has_the_hash_that_the_ledger_has(site, settings_page):
    quoted = read_quoted_code("website.md", "wp-config-key.php")
    key = quoted.split("'")[3]
    config = site.wordpress.path / "wp-content" / "mu-plugins" / "key.php"
    config.write_text("<?php " + quoted.replace(key, f" {key}\n"))
    try:
        page = settings_page
        log = json.loads(_download_export(page, "Export as JSON"))["log"]
        rows = list(csv.DictReader(io.StringIO(_download_export(page, "Export as CSV"))))
    finally:
        config.unlink()
    found = {(row["version"], row["addressee"]) for row in log}
    expected = {("2.0", "kari"), ("2.0", "emma"), ("10.0", "emma")}
    assert found == {
        (version, _hash(key, "member", version, f"{name}@example.no")) for version, name in expected
    }
    assert {(row["version"], row["addressee"]) for row in rows} == found


@pytest.mark.long
def test_the_export_of_30_000_members_takes_a_few_queries_for_each_thousand(site):
    """A query for each member would take minutes."""
    site.wordpress.add_informed_members(30_000, make_entry("2.0"))
    try:
        text = site.wordpress.run_php(
            "define( 'KLARTEKST_KEY', 'a key' ); $before = $wpdb->num_queries;"
            "Klartekst\\PolicyNotice\\print_json( Klartekst\\PolicyNotice\\get_log_rows() );"
            "echo $wpdb->num_queries - $before, ' ', memory_get_peak_usage() >> 20;"
        )
    finally:
        site.wordpress.remove_informed_members()
    export, _, costs = text.rpartition("\n")
    found = json.loads(export)
    assert len({row["addressee"] for row in found["log"]}) == 30_000
    assert [(row["shown"], row["acknowledged"]) for row in found["counts"]] == [(30_000, 30_000)]
    queries, megabytes = map(int, costs.split())
    assert queries <= 3 * 31
    assert megabytes < 64


def test_an_export_without_a_valid_nonce_is_refused(site, settings_page):
    answer = settings_page.request.post(
        f"{site.wordpress.url}/wp-admin/admin-post.php",
        form={"action": "klartekst_policy_notice_export", "format": "json", "_wpnonce": "0123456789"},
    )
    assert answer.status == 403


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("locale", "folder", "words"), [("nb_NO", "", "Personvernerklæring"), ("en_GB", "en/", "Privacy policy")]
)
def test_the_link_points_to_the_policy_in_the_language_of_the_page(site, locale, folder, words):
    link = f'<a href="{site.base_url}{folder}">{words}</a>'
    placed = "[klartekst_policy_link] | <!-- wp:klartekst/policy-link /-->"
    site.wordpress.run_php(f"update_option( 'WPLANG', '{locale}' );")
    made = site.wordpress.evaluate_php(f"apply_filters( 'the_content', '{placed}' )")
    site.wordpress.run_php("update_option( 'WPLANG', '' );")
    assert made.count(link) == 2
    assert 'class="wp-block-klartekst-policy-link"' in made


def test_the_text_of_a_link_is_escaped(site):
    code = (
        "do_shortcode( '[klartekst_policy_link]our <b onclick=x>policy</b> & more[/klartekst_policy_link]' )"
    )
    assert site.wordpress.evaluate_php(code) == f'<a href="{site.base_url}en/">our policy &amp; more</a>'


@pytest.mark.long
def test_the_block_can_be_placed_in_the_editor(site):
    page = site.log_in("admin")
    page.goto(f"{site.wordpress.url}/wp-admin/post-new.php")
    page.wait_for_function("window.wp?.blocks?.getBlockType('klartekst/policy-link')")
    page.evaluate(
        "wp.data.dispatch('core/block-editor').insertBlock(wp.blocks.createBlock('klartekst/policy-link'))"
    )
    link = page.locator(f"a[href='{site.base_url}en/']")
    link.wait_for()
    assert link.inner_text() == "Privacy policy"


@pytest.mark.usefixtures("settings_page")
def test_uninstalling_leaves_nothing_behind(site):
    counts = [
        f"$wpdb->get_var( \"SELECT COUNT(*) FROM $wpdb->{table} WHERE {column} LIKE '%klartekst%'\" )"
        for table, column in (
            ("options", "option_name"),
            ("options", "option_value"),
            ("usermeta", "meta_key"),
        )
    ]
    count = f"array_map( 'intval', array( {', '.join(counts)} ) )"
    assert 0 not in site.wordpress.evaluate_php(count)
    site.wordpress.run_php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "$plugin = 'klartekst-policy-notice/klartekst-policy-notice.php';"
        "deactivate_plugins( $plugin ); uninstall_plugin( $plugin );"
        # What WordPress itself stores about every plugin:
        "delete_option( 'uninstall_plugins' ); delete_option( 'recently_activated' );"
    )
    assert site.wordpress.evaluate_php(count) == [0, 0, 0]

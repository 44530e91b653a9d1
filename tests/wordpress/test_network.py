"""A network of two sites: uninstalling the plugin cleans both, and blocked users get no mail."""

import pytest

from tests.helpers.cli import run_build_py
from tests.helpers.small_policy import announcements_json, make_entry
from tests.helpers.wordpress_network import create_network
from tests.notifier.factories import write_letter

pytestmark = pytest.mark.xdist_group("wordpress")

PLUGIN = "klartekst-policy-notice/klartekst-policy-notice.php"
ADMIN = "require_once ABSPATH . 'wp-admin/includes/plugin.php';"

# Searches every text column of every table.
COLUMNS_WITH_TRACES = """( static function () {
	global $wpdb;
	$found   = array();
	$columns = $wpdb->get_results( $wpdb->prepare( 'SELECT table_name AS t, column_name AS c
		FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name LIKE %s
		AND character_set_name IS NOT NULL', $wpdb->base_prefix . '%' ) );
	foreach ( $columns as $place ) {
		$rows = "SELECT COUNT(*) FROM `$place->t` WHERE `$place->c` REGEXP 'klartekst[_/-](policy|v1)'";
		if ( $wpdb->get_var( $rows ) ) {
			$found[] = "$place->t.$place->c";
		}
	}
	return $found;
} )()"""


@pytest.fixture(scope="module")
def network(instance):
    running, _ = instance
    return create_network(running)


def test_uninstalling_leaves_nothing_behind_on_any_site_of_a_network(network):
    network.run_php(
        f"{ADMIN} $error = activate_plugin( '{PLUGIN}', '', true );"
        "if ( $error ) { throw new Exception( $error->get_error_message() ); }"
    )
    for site in (1, 2):
        address = f"https://{site}.example/personvern/"
        document = (
            f"\\Klartekst\\PolicyNotice\\parse_announcements( '{address}', '{announcements_json(address)}' )"
        )
        network.run_php(f"update_blog_option( {site}, 'klartekst_policy_notice_site', '{address}' );")
        user = network.add_user(f"oda{site}", "nb_NO")
        versions = f"array( '{make_entry('2.0')}' => '2.0' )"
        network.run_php(
            f"switch_to_blog( {site} );"
            f"\\Klartekst\\PolicyNotice\\schedule_refresh();"
            f"\\Klartekst\\PolicyNotice\\store_announcements( '{address}', {document} );"
            f"\\Klartekst\\PolicyNotice\\request_dialog_at_login( '', get_user_by( 'id', {user} ) );"
            f"\\Klartekst\\PolicyNotice\\record_shown( {user}, {versions}, 'alert' );"
            f"\\Klartekst\\PolicyNotice\\record_acknowledged( {user}, {versions}, 'alert' );"
        )
    before = network.evaluate_php(COLUMNS_WITH_TRACES)
    assert {
        "network_options.option_name",
        "network_2_options.option_name",
        "network_usermeta.meta_key",
    } <= set(before)
    network.run_php(
        f"{ADMIN} deactivate_plugins( '{PLUGIN}', false, true );"
        f"deactivate_plugins( '{PLUGIN}', false, false );"
        f"uninstall_plugin( '{PLUGIN}' );"
        # What WordPress itself stores about every plugin:
        "delete_option( 'uninstall_plugins' ); delete_option( 'recently_activated' );"
        "delete_site_option( 'recently_activated' );"
    )
    assert network.evaluate_php(COLUMNS_WITH_TRACES) == []


@pytest.mark.long
def test_users_marked_as_spam_or_deleted_are_no_addressees(network, tmp_path, monkeypatch):
    users = {login: network.add_user(login, "nb_NO") for login in ("kari", "spammer", "deleted")}
    for login, flag in (("spammer", "spam"), ("deleted", "deleted")):
        network.run_php(f"update_user_status( {users[login]}, '{flag}', 1 );")
    monkeypatch.setenv("KLARTEKST_RECIPIENTS", network.database_url)
    where = ("--table-prefix", network.prefix)
    letter = write_letter(tmp_path / "2.0")
    users_in_all = int(network.evaluate_php("count( get_users( array( 'blog_id' => 0 ) ) )"))
    found = run_build_py("notify", "plan", "--letter", letter, *where)
    counted = dict(line.split(maxsplit=1) for line in found.stdout.splitlines())
    assert found.stderr == ""
    assert int(counted["addressees"]) == users_in_all - 2

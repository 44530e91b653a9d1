"""A network of two sites: the plugin leaves nothing on either, and the job knows who is shut out."""

import pytest

from tests.helpers.small_policy import front_door
from tests.helpers.wordpress_network import network as made_network
from tests.notifier.factories import write_letter

pytestmark = pytest.mark.xdist_group("wordpress")

PLUGIN = "klartekst-policy-notice/klartekst-policy-notice.php"
ADMIN = "require_once ABSPATH . 'wp-admin/includes/plugin.php';"

# Looks into every column of every table that holds text.
PLACES = """( static function () {
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
    return made_network(running)


def test_uninstalling_leaves_nothing_on_any_site_of_a_network(network):
    network.run(
        f"{ADMIN} $error = activate_plugin( '{PLUGIN}', '', true );"
        "if ( $error ) { throw new Exception( $error->get_error_message() ); }"
    )
    for site in (1, 2):
        address = f"https://{site}.example/personvern/"
        network.run(f"update_blog_option( {site}, 'klartekst_policy_notice_site', '{address}' );")
        user = network.user(f"oda{site}", "nb_NO")
        network.run(
            f"switch_to_blog( {site} );"
            f"\\Klartekst\\PolicyNotice\\ask_at_login( '', get_user_by( 'id', {user} ) );"
            f"\\Klartekst\\PolicyNotice\\shown( {user}, array( '2.0' ), 'alert' );"
            f"\\Klartekst\\PolicyNotice\\acknowledged( {user}, array( '2.0' ), 'alert' );"
        )
    before = network.value(PLACES)
    assert {
        "network_options.option_name",
        "network_2_options.option_name",
        "network_usermeta.meta_key",
    } <= set(before)
    network.run(
        f"{ADMIN} deactivate_plugins( '{PLUGIN}', false, true );"
        f"deactivate_plugins( '{PLUGIN}', false, false );"
        f"uninstall_plugin( '{PLUGIN}' );"
        # What WordPress itself notes of the files of every plugin:
        "delete_option( 'uninstall_plugins' ); delete_option( 'recently_activated' );"
        "delete_site_option( 'recently_activated' );"
    )
    assert network.value(PLACES) == []


def test_whom_the_network_shut_out_is_not_told(network, tmp_path):
    users = {login: network.user(login, "nb_NO") for login in ("kari", "spammer", "deleted")}
    for login, flag in (("spammer", "spam"), ("deleted", "deleted")):
        network.run(f"update_user_status( {users[login]}, '{flag}', 1 );")
    where = ("--recipients", network.database_url, "--table-prefix", network.prefix)
    letter = write_letter(tmp_path / "2.0")
    told = int(network.value("count( get_users( array( 'blog_id' => 0 ) ) )"))
    found = front_door("notify", "plan", "--letter", letter, *where)
    counted = dict(line.split(maxsplit=1) for line in found.stdout.splitlines())
    assert found.stderr == ""
    assert int(counted["addressees"]) == told - 2

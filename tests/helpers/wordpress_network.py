"""A WordPress network of two sites beside a running WordPress: the same database server, tables of its own.

It has no web server: what a test asks of it is asked in PHP.
"""

from dataclasses import replace

from tests.helpers.wordpress import WordPress, install, lay_out

PREFIX = "network_"
HOST = "members.example"

_MAKE = f"""
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
foreach ( $wpdb->tables( 'ms_global' ) as $table => $named ) {{
	$wpdb->$table = $named;
}}
install_network();
$made = populate_network( 1, '{HOST}', 'admin@example.no', 'Network', '/', false );
if ( is_wp_error( $made ) ) {{
	throw new Exception( $made->get_error_message() );
}}
"""

_CONSTANTS = f"""
define( 'MULTISITE', true );
define( 'SUBDOMAIN_INSTALL', false );
define( 'DOMAIN_CURRENT_SITE', '{HOST}' );
define( 'PATH_CURRENT_SITE', '/' );
define( 'SITE_ID_CURRENT_SITE', 1 );
define( 'BLOG_ID_CURRENT_SITE', 1 );
"""


def network(beside: WordPress) -> WordPress:
    """Make the network; it goes with the WordPress that it stands beside."""
    path = lay_out(beside.path.parent / "network", beside.database_port, PREFIX)
    made = replace(beside, url=f"http://{HOST}", path=path, prefix=PREFIX)
    install(made)
    made.run(_MAKE)
    config = path / "wp-config.php"
    begin, rest = config.read_text().split("define( 'ABSPATH'", 1)
    config.write_text(f"{begin}{_CONSTANTS}define( 'ABSPATH'{rest}")
    made.run(f"wpmu_create_blog( '{HOST}', '/second/', 'Second', 1 );")
    return made

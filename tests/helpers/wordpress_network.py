"""A WordPress network of two sites, with its own tables on the database server of a running WordPress.

It has no web server: tests use it through PHP code.
"""

from dataclasses import replace

from tests.helpers.wordpress import WordPress, copy_wordpress, install_wordpress

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


def create_network(beside: WordPress) -> WordPress:
    """Create the network; it is removed together with `beside`."""
    path = copy_wordpress(beside.path.parent / "network", beside.database_port, PREFIX)
    made = replace(beside, url=f"http://{HOST}", path=path, prefix=PREFIX)
    install_wordpress(made)
    made.run_php(_MAKE)
    config = path / "wp-config.php"
    begin, rest = config.read_text().split("define( 'ABSPATH'", 1)
    config.write_text(f"{begin}{_CONSTANTS}define( 'ABSPATH'{rest}")
    made.run_php(f"wpmu_create_blog( '{HOST}', '/second/', 'Second', 1 );")
    return made

"""Measure the export of the WordPress plugin's record: `python -m bench.wordpress_export [--members 30000]`.

It runs in a real WordPress with MariaDB, with the key of the ledger, and is compared with reading the same
rows from the database and nothing else: what is above 1 is the plugin's own.
"""

import json
import statistics

import click

from tests.helpers.wordpress import WordPress, run_wordpress

ROUNDS = 5
# Both read the same rows. Each is measured on its own, in a fresh process.
_BARE = (
    'foreach ( $wpdb->get_results( "SELECT user_id, meta_value FROM $wpdb->usermeta'
    " WHERE meta_key = 'klartekst_policy_log'\" ) as $row ) { echo $row->user_id, $row->meta_value; }"
)
_EXPORTS = {
    "JSON": "Klartekst\\PolicyNotice\\print_json( Klartekst\\PolicyNotice\\get_log_rows() );",
    "CSV": "Klartekst\\PolicyNotice\\print_csv( Klartekst\\PolicyNotice\\get_log_rows() );",
}


def measure_seconds(site: WordPress, code: str) -> tuple[float, int, int]:
    """Return the seconds that PHP code takes, the bytes that it prints and the most megabytes of memory."""
    printed = site.run_php(
        "define( 'KLARTEKST_KEY', 'a key' ); $bytes = 0;"
        "ob_start( function ( $part ) use ( &$bytes ) { $bytes += strlen( $part ); return ''; }, 65536 );"
        f"$start = hrtime( true ); {code} $seconds = ( hrtime( true ) - $start ) / 1e9; ob_end_flush();"
        "echo wp_json_encode( array( $seconds, $bytes, memory_get_peak_usage() >> 20 ) );"
    )
    seconds, size, megabytes = json.loads(printed)
    return seconds, size, megabytes


@click.command(help=__doc__)
@click.option("--members", type=click.IntRange(min=1), default=30_000, show_default=True)
def main(members: int) -> None:
    """Print a line for each form of the export."""
    with run_wordpress() as site:
        site.run_php(
            "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
            "activate_plugin( 'klartekst-policy-notice/klartekst-policy-notice.php' );"
        )
        site.add_informed_members(members, "ab" * 32)
        for form, code in _EXPORTS.items():
            rounds = [(measure_seconds(site, code), measure_seconds(site, _BARE)) for _ in range(ROUNDS)]
            seconds = statistics.median(own[0] for own, _ in rounds)
            ratio = statistics.median(own[0] / bare[0] for own, bare in rounds)
            (_, size, megabytes), _ = rounds[0]
            print(
                f"{form}: {members} members in {seconds:.2f} s, {ratio:.1f} times reading the rows;"
                f" {size / 1e6:.1f} MB, {megabytes} MB of memory"
            )


if __name__ == "__main__":
    main()

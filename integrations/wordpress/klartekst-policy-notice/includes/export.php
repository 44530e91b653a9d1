<?php
/**
 * The export: who was shown what and when, and how many, without a name or an address.
 *
 * A member appears as a keyed hash of version and user id. It tells two members apart, and nobody without the
 * site's secret keys can tell who they are, or that two versions were shown to the same one. Times are UTC and
 * say the hour: beside the web server's log, a second would tell who it was.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const EXPORT_ACTION = 'klartekst_policy_notice_export';

/**
 * Give a time as the export writes it: the hour that it falls into.
 *
 * @param int|null $time Seconds since 1970, or null where it never happened.
 * @return string|null
 */
function utc( $time ) {
	return null === $time ? null : gmdate( 'Y-m-d\TH:00:00\Z', $time );
}

/**
 * Give the ids of all members who were shown something, a thousand at a time.
 *
 * @return \Generator<int>
 */
function members_told() {
	global $wpdb;
	$last = 0;
	do {
		// An export reads the table itself: through WP_User_Query a member comes once for every entry.
		$ids = $wpdb->get_col( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			$wpdb->prepare(
				"SELECT DISTINCT user_id FROM $wpdb->usermeta WHERE meta_key = %s AND user_id > %d ORDER BY user_id LIMIT 1000",
				LOG_META,
				$last
			)
		);
		foreach ( $ids as $id ) {
			$last = (int) $id;
			yield $last;
		}
	} while ( $ids );
}

/**
 * Give every row of every member's log.
 *
 * @return \Generator<array<string, string|null>>
 */
function log_rows() {
	foreach ( members_told() as $user_id ) {
		foreach ( member_log( $user_id ) as $key => $times ) {
			list( $version, $channel ) = explode( ' ', $key );

			yield array(
				'user'         => hash_hmac( 'sha256', "klartekst $version $user_id", wp_salt( 'auth' ) ),
				'version'      => $version,
				'channel'      => $channel,
				'shown'        => utc( $times['shown'] ?? null ),
				'acknowledged' => utc( $times['acknowledged'] ?? null ),
			);
		}
	}
}

/**
 * Count one row of the log.
 *
 * @param array<string, array<string, mixed>> $counts What is counted so far, by version and channel.
 * @param array<string, string|null>          $row    The row.
 * @return array<string, array<string, mixed>>
 */
function counted( $counts, $row ) {
	$key   = $row['version'] . ' ' . $row['channel'];
	$count = $counts[ $key ] ?? array(
		'version'      => $row['version'],
		'channel'      => $row['channel'],
		'shown'        => 0,
		'acknowledged' => 0,
	);
	// One who acknowledged was shown it, even where the page was left before that was noted.
	$count['shown']        += 1;
	$count['acknowledged'] += null === $row['acknowledged'] ? 0 : 1;

	return array( $key => $count ) + $counts;
}

/**
 * Write the log as CSV.
 *
 * @param iterable<array<string, string|null>> $rows The log.
 */
function print_csv( $rows ) {
	$out = fopen( 'php://output', 'w' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- the answer itself, no file.
	fputcsv( $out, array( 'user', 'version', 'channel', 'shown', 'acknowledged' ) );
	foreach ( $rows as $row ) {
		fputcsv( $out, $row );
	}
}

/**
 * Write the log as JSON, a line a row, and what it adds up to: never the whole log in memory.
 *
 * @param iterable<array<string, string|null>> $rows The log.
 */
function print_json( $rows ) {
	$counts = array();
	echo '{"schema":1,"site":', wp_json_encode( site_address() ), ',"exported":', wp_json_encode( utc( time() ) ), ',"log":[';
	foreach ( $rows as $row ) {
		if ( $counts ) {
			echo ',';
		}
		echo "\n", wp_json_encode( $row );
		$counts = counted( $counts, $row );
	}
	uksort( $counts, 'version_compare' );
	echo "\n],", '"counts":', wp_json_encode( array_values( $counts ) ), "}\n";
}

/**
 * Answer the export form of the settings page.
 */
function export() {
	check_admin_referer( EXPORT_ACTION );
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'You may not export this.', 'klartekst-policy-notice' ), '', array( 'response' => 403 ) );
	}
	$format = isset( $_POST['format'] ) && 'csv' === $_POST['format'] ? 'csv' : 'json';
	nocache_headers();
	header( 'Content-Type: ' . ( 'csv' === $format ? 'text/csv' : 'application/json' ) . '; charset=utf-8' );
	header( "Content-Disposition: attachment; filename=policy-notices.$format" );
	if ( 'csv' === $format ) {
		print_csv( log_rows() );
	} else {
		print_json( log_rows() );
	}
	exit;
}
add_action( 'admin_post_' . EXPORT_ACTION, __NAMESPACE__ . '\export' );

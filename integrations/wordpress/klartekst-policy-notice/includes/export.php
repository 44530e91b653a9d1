<?php
/**
 * The export of the record: who was shown which version when, with counts, without names or addresses. `entry` is the
 * hash of the version's entry in the policy's log.
 *
 * A member appears as a keyed hash of version and user id. It distinguishes members, but without the site's secret
 * keys nobody can tell who they are, or that two versions were shown to the same member. With the key of the notification
 * job's ledger there is a second such hash, `addressee`, which that ledger has too. Times are in UTC and
 * rounded down to the hour, because exact times could be matched with the web server's log.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const EXPORT_ACTION = 'klartekst_policy_notice_export';

/**
 * Return a time as the export writes it, rounded down to the hour.
 *
 * @param int|null $time Seconds since 1970, or null if it never happened.
 * @return string|null
 */
function format_hour( $time ) {
	return null === $time ? null : gmdate( 'Y-m-d\TH:00:00\Z', $time );
}

/**
 * Yield the records of members, a thousand members at a time: a site may have many, and each has an own query elsewhere.
 *
 * @return \Generator<array<int, string[]>> The records by the id of the member.
 */
function get_record_pages() {
	global $wpdb;
	$last = 0;
	do {
		// WP_User_Query would return a member once for every log entry.
		$ids = $wpdb->get_col( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			$wpdb->prepare(
				"SELECT DISTINCT user_id FROM $wpdb->usermeta WHERE meta_key = %s AND user_id > %d ORDER BY user_id LIMIT 1000",
				LOG_META,
				$last
			)
		);
		if ( ! $ids ) {
			return;
		}
		$first = (int) $ids[0];
		$last  = (int) end( $ids );
		$rows  = $wpdb->get_results( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			$wpdb->prepare(
				"SELECT user_id, meta_value FROM $wpdb->usermeta WHERE meta_key = %s AND user_id BETWEEN %d AND %d ORDER BY user_id, umeta_id",
				LOG_META,
				$first,
				$last
			)
		);
		$page  = array();
		foreach ( $rows as $row ) {
			$page[ (int) $row->user_id ][] = $row->meta_value;
		}
		yield $page;
	} while ( true );
}

/**
 * Return the key of the notification job's ledger, KLARTEKST_KEY in wp-config.php, or '' for none. With it, the job can
 * tell which of its addressees a row of the export is, without addresses.
 *
 * @return string
 */
function get_ledger_key() {
	return defined( 'KLARTEKST_KEY' ) ? trim( (string) KLARTEKST_KEY ) : '';
}

/**
 * Return the addresses of members by their ids; none without the key of the ledger.
 *
 * @param int $first The lowest id.
 * @param int $last  The highest id.
 * @return array<int, string>
 */
function get_member_addresses( $first, $last ) {
	global $wpdb;
	if ( '' === get_ledger_key() ) {
		return array();
	}
	$rows = $wpdb->get_results( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		$wpdb->prepare( "SELECT ID, user_email FROM $wpdb->users WHERE ID BETWEEN %d AND %d", $first, $last )
	);
	return array_column( $rows, 'user_email', 'ID' );
}

/**
 * Return what the notification job's ledger has for a member in the campaign of a version.
 *
 * @param string $version The version.
 * @param string $address The member's address; '' if the account is gone.
 * @return string|null
 */
function hash_addressee( $version, $address ) {
	$address = trim( $address );
	$folded  = function_exists( 'mb_strtolower' ) ? mb_strtolower( $address ) : strtolower( $address );
	return '' === $address ? null : hash_hmac( 'sha256', "member\0$version\0$folded", get_ledger_key() );
}

/**
 * Return the columns of the log.
 *
 * @return string[]
 */
function get_columns() {
	$columns = array( 'user', 'version', 'entry', 'channel', 'shown', 'acknowledged' );
	return '' === get_ledger_key() ? $columns : array_merge( $columns, array( 'addressee' ) );
}

/**
 * Yield every row of every member's log.
 *
 * @return \Generator<array<string, string|null>>
 */
function get_log_rows() {
	$columns = get_columns();
	foreach ( get_record_pages() as $page ) {
		$addresses = get_member_addresses( min( array_keys( $page ) ), max( array_keys( $page ) ) );
		foreach ( $page as $user_id => $records ) {
			foreach ( parse_log( $records ) as $key => $times ) {
				list( $version, $entry, $channel ) = explode( ' ', $key );

				$fields = array(
					hash_hmac( 'sha256', "klartekst $version $user_id", wp_salt( 'auth' ) ),
					$version,
					$entry,
					$channel,
					format_hour( $times['shown'] ?? null ),
					format_hour( $times['acknowledged'] ?? null ),
					hash_addressee( $version, $addresses[ $user_id ] ?? '' ),
				);
				yield array_combine( $columns, array_slice( $fields, 0, count( $columns ) ) );
			}
		}
	}
}

/**
 * Add one row of the log to the counts.
 *
 * @param array<string, array<string, mixed>> $counts The counts so far, by version, entry and channel.
 * @param array<string, string|null>          $row    The row.
 * @return array<string, array<string, mixed>>
 */
function add_to_counts( $counts, $row ) {
	$key   = "$row[version] $row[entry] $row[channel]";
	$count = $counts[ $key ] ?? array(
		'version'      => $row['version'],
		'entry'        => $row['entry'],
		'channel'      => $row['channel'],
		'shown'        => 0,
		'acknowledged' => 0,
	);
	// Every row counts as shown, even without that record: an acknowledgement proves the showing.
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
	$out = fopen( 'php://output', 'w' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- the response itself, not a file.
	fputcsv( $out, get_columns() );
	foreach ( $rows as $row ) {
		fputcsv( $out, $row );
	}
}

/**
 * Write the log as JSON, one row per line, followed by the counts; never holds the whole log in memory.
 *
 * @param iterable<array<string, string|null>> $rows The log.
 */
function print_json( $rows ) {
	$counts = array();
	echo '{"schema":3,"site":', wp_json_encode( get_site_address() ), ',"exported":', wp_json_encode( format_hour( time() ) ), ',"log":[';
	foreach ( $rows as $row ) {
		if ( $counts ) {
			echo ',';
		}
		echo "\n", wp_json_encode( $row );
		$counts = add_to_counts( $counts, $row );
	}
	uksort( $counts, 'strnatcmp' );
	echo "\n],", '"counts":', wp_json_encode( array_values( $counts ) ), "}\n";
}

/**
 * Send the export that the form on the settings page requests.
 */
function send_export() {
	check_admin_referer( EXPORT_ACTION );
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'You are not allowed to export this.', 'klartekst-policy-notice' ), '', array( 'response' => 403 ) );
	}
	$format = isset( $_POST['format'] ) && 'csv' === $_POST['format'] ? 'csv' : 'json';
	nocache_headers();
	header( 'Content-Type: ' . ( 'csv' === $format ? 'text/csv' : 'application/json' ) . '; charset=utf-8' );
	header( "Content-Disposition: attachment; filename=policy-notices.$format" );
	if ( 'csv' === $format ) {
		print_csv( get_log_rows() );
	} else {
		print_json( get_log_rows() );
	}
	exit;
}
add_action( 'admin_post_' . EXPORT_ACTION, __NAMESPACE__ . '\send_export' );

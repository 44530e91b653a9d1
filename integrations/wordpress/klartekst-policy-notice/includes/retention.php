<?php
/**
 * How long the record is kept. Older records are deleted every day, in a request of WordPress' own.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const RETENTION_OPTION = 'klartekst_policy_notice_months';
const RETENTION_EVENT  = 'klartekst_policy_notice_delete_old';
// Three years: within that time, claims may have to be answered (foreldelsesloven § 2).
const RETENTION_DEFAULT = 36;
const RETENTION_LIMIT   = 120;

/**
 * Return a number of months, or null if it is none within the limits.
 *
 * @param mixed $value What was entered or is stored.
 * @return int|null
 */
function parse_months( $value ) {
	$months = is_numeric( $value ) ? (int) $value : 0;
	return $months >= 1 && $months <= RETENTION_LIMIT ? $months : null;
}

/**
 * Return for how many months a record is kept.
 *
 * @return int
 */
function get_retention_months() {
	return parse_months( get_option( RETENTION_OPTION ) ) ?? RETENTION_DEFAULT;
}

/**
 * Return the number of months to store: the new one, or the old one if the new one is invalid.
 *
 * @param mixed $value What was entered.
 * @return int
 */
function sanitize_retention( $value ) {
	return parse_months( $value ) ?? get_retention_months();
}

/**
 * Delete the records that are too old, a thousand at a time. What a member has acknowledged last is not shown again.
 */
function delete_old_records() {
	global $wpdb;
	$limit = strtotime( '-' . get_retention_months() . ' months' );
	do {
		// The time is the last word of a record.
		$ids     = $wpdb->get_col( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			$wpdb->prepare(
				"SELECT umeta_id FROM $wpdb->usermeta WHERE meta_key = %s AND CAST( SUBSTRING_INDEX( meta_value, ' ', -1 ) AS UNSIGNED ) < %d LIMIT 1000",
				LOG_META,
				$limit
			)
		);
		$deleted = 0;
		foreach ( $ids as $id ) {
			$deleted += delete_metadata_by_mid( 'user', $id ) ? 1 : 0;
		}
	} while ( $deleted > 0 );
}
add_action( RETENTION_EVENT, __NAMESPACE__ . '\delete_old_records' );

/**
 * Have old records deleted every day, even if the policy has no address any more.
 */
function schedule_deletion() {
	if ( ! wp_next_scheduled( RETENTION_EVENT ) ) {
		wp_schedule_event( time(), 'daily', RETENTION_EVENT );
	}
}
add_action( 'init', __NAMESPACE__ . '\schedule_deletion' );

/**
 * Stop deleting.
 */
function unschedule_deletion() {
	wp_clear_scheduled_hook( RETENTION_EVENT );
}
register_deactivation_hook( PLUGIN_FILE, __NAMESPACE__ . '\unschedule_deletion' );

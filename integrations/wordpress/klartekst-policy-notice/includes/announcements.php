<?php
/**
 * The plugin's copy of the policy's announcements and languages.
 *
 * They are requested when the address is saved, and every hour in the background. No page waits for the policy's
 * server; if it does not answer with valid announcements, the last good answer stays.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const ANNOUNCEMENTS_OPTION = 'klartekst_policy_notice_announcements';
const LANGUAGES_OPTION     = 'klartekst_policy_notice_languages';
const REFRESH_EVENT        = 'klartekst_policy_notice_refresh';

/**
 * Store the announcements of a policy.
 *
 * @param string               $address  The address of the policy's site.
 * @param array<string, mixed> $document Its announcements and languages, from parse_announcements().
 */
function store_announcements( $address, $document ) {
	$received = time();
	// Pages with a link to the policy need the languages only.
	$languages = array();
	foreach ( $document['languages'] as $language ) {
		// A language without a front page is one that only an old announcement still has.
		if ( null !== $language['home'] ) {
			unset( $language['labels'] );
			$languages[] = $language;
		}
	}
	update_option( LANGUAGES_OPTION, compact( 'address', 'languages' ) );
	update_option( ANNOUNCEMENTS_OPTION, compact( 'address', 'document', 'received' ), false );
}

/**
 * Return what is stored about the policy, or null before its server has answered.
 *
 * @param string $option LANGUAGES_OPTION or ANNOUNCEMENTS_OPTION.
 * @return array<string, mixed>|null
 */
function get_stored_answer( $option ) {
	$stored  = get_option( $option );
	$address = get_site_address();
	// What is stored may belong to an address that the policy had before.
	return '' !== $address && is_array( $stored ) && ( $stored['address'] ?? null ) === $address ? $stored : null;
}

/**
 * Return the announcements that are shown today in a channel.
 *
 * @param string $channel login or alert.
 * @return array<int, array<string, mixed>>
 */
function get_current_announcements( $channel ) {
	$stored = get_stored_answer( ANNOUNCEMENTS_OPTION );
	$today  = gmdate( 'Y-m-d' );
	return array_filter(
		null === $stored ? array() : $stored['document']['announcements'],
		static function ( $announcement ) use ( $channel, $today ) {
			return in_array( $channel, $announcement['channels'], true ) && $announcement['until'] >= $today;
		}
	);
}

/**
 * Request the announcements again; if that fails, those that are stored stay.
 */
function refresh_announcements() {
	$address  = get_site_address();
	$document = '' === $address ? null : request_announcements( $address );
	if ( null !== $document ) {
		store_announcements( $address, $document );
	}
}
add_action( REFRESH_EVENT, __NAMESPACE__ . '\refresh_announcements' );

/**
 * Have the announcements refreshed every hour, in a request of WordPress' own that no visitor waits for.
 */
function schedule_refresh() {
	if ( '' !== get_site_address() && ! wp_next_scheduled( REFRESH_EVENT ) ) {
		wp_schedule_event( time(), 'hourly', REFRESH_EVENT );
	}
}
add_action( 'init', __NAMESPACE__ . '\schedule_refresh' );

/**
 * Stop refreshing the announcements.
 */
function unschedule_refresh() {
	wp_clear_scheduled_hook( REFRESH_EVENT );
}
register_deactivation_hook( PLUGIN_FILE, __NAMESPACE__ . '\unschedule_refresh' );

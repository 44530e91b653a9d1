<?php
/**
 * The languages of the policy, as its api/announcements.json lists them, and the choice of one for a locale.
 *
 * They are requested when the address is saved, and once a day in the background. No page waits for the policy's
 * server; if it does not answer, the last good answer stays.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const LANGUAGES_OPTION = 'klartekst_policy_notice_languages';
const REFRESH_EVENT    = 'klartekst_policy_notice_refresh';

/**
 * Return the content of api/announcements.json, or null if no policy answers.
 *
 * @param string $address The address of the policy's site, with a trailing slash.
 * @return array<string, mixed>|null
 */
function request_announcements( $address ) {
	$answer = wp_remote_get( $address . 'api/announcements.json', array( 'timeout' => 5 ) );
	if ( 200 !== wp_remote_retrieve_response_code( $answer ) ) {
		return null;
	}
	$data = json_decode( wp_remote_retrieve_body( $answer ), true );
	return is_array( $data ) && 1 === ( $data['schema'] ?? null ) && is_array( $data['announcements'] ?? null ) ? $data : null;
}

/**
 * Store the languages of a policy; data without any leave what is stored as it is.
 *
 * @param string               $address The address of the policy's site.
 * @param array<string, mixed> $data    The content of api/announcements.json.
 */
function store_languages( $address, $data ) {
	$languages = array();
	foreach ( is_array( $data['languages'] ?? null ) ? $data['languages'] : array() as $row ) {
		$code    = $row['code'] ?? null;
		$readers = $row['readers'] ?? null;
		$home    = $row['home'] ?? null;
		// A language without a front page is one that only an old announcement still has.
		if ( is_string( $code ) && is_array( $readers ) && is_string( $home ) && is_below( $home, $address ) ) {
			$languages[] = compact( 'code', 'readers', 'home' );
		}
	}
	if ( $languages ) {
		update_option( LANGUAGES_OPTION, compact( 'address', 'languages' ) );
	}
}

/**
 * Return whether an address is that of the policy's site or of a folder below it.
 *
 * @param string $home    The address.
 * @param string $address The address of the policy's site.
 * @return bool
 */
function is_below( $home, $address ) {
	return 1 === preg_match( '#^' . preg_quote( $address, '#' ) . '([A-Za-z-]+/)*\z#', $home );
}

/**
 * Return the languages of the policy in the order of its site; none before its server has answered.
 *
 * @return array<int, array<string, mixed>>
 */
function get_policy_languages() {
	$stored = get_option( LANGUAGES_OPTION );
	// What is stored may belong to an address that the policy had before.
	return is_array( $stored ) && get_site_address() === $stored['address'] ? $stored['languages'] : array();
}

/**
 * Return the best of some languages for a reader: the rule of the policy's own notices and letters.
 *
 * @param string                           $locale    A locale such as nn_NO.
 * @param array<int, array<string, mixed>> $languages At least one language.
 * @return array<string, mixed> The reader's own language, else the first for such readers, else the first for every
 *                              reader, else the first.
 */
function choose_language( $locale, $languages ) {
	$code = strtolower( preg_split( '/[-_.@]/', $locale )[0] );
	foreach ( $languages as $language ) {
		if ( $code === $language['code'] ) {
			return $language;
		}
	}
	foreach ( array( $code, '*' ) as $reader ) {
		foreach ( $languages as $language ) {
			if ( in_array( $reader, $language['readers'], true ) ) {
				return $language;
			}
		}
	}
	return $languages[0];
}

/**
 * Return the address of the policy for a reader; that of its site as long as its languages are unknown.
 *
 * @param string $locale A locale such as nn_NO.
 * @return string
 */
function get_policy_address( $locale ) {
	$languages = get_policy_languages();
	return $languages ? choose_language( $locale, $languages )['home'] : get_site_address();
}

/**
 * Request the languages again; if that fails, those that are stored stay.
 */
function refresh_languages() {
	$address = get_site_address();
	$data    = '' === $address ? null : request_announcements( $address );
	if ( null !== $data ) {
		store_languages( $address, $data );
	}
}
add_action( REFRESH_EVENT, __NAMESPACE__ . '\refresh_languages' );

/**
 * Have the languages refreshed every day, in a request of WordPress' own that no visitor waits for.
 */
function schedule_refresh() {
	if ( '' !== get_site_address() && ! wp_next_scheduled( REFRESH_EVENT ) ) {
		wp_schedule_event( time(), 'daily', REFRESH_EVENT );
	}
}
add_action( 'init', __NAMESPACE__ . '\schedule_refresh' );

/**
 * Stop refreshing the languages.
 */
function unschedule_refresh() {
	wp_clear_scheduled_hook( REFRESH_EVENT );
}
register_deactivation_hook( PLUGIN_FILE, __NAMESPACE__ . '\unschedule_refresh' );

<?php
/**
 * The address of the policy, the only setting.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const SITE_OPTION = 'klartekst_policy_notice_site';

// A scheme, a host and perhaps a port, then folders. No account, no query, no '.' or '..'.
const ADDRESS_PATTERN = '#^https?://[\p{L}\p{N}.-]+(:[0-9]{1,5})?/((?!(\.|%2e){1,2}/)[\p{L}\p{N}._~%-]+/)*\z#iu';
const ADDRESS_LIMIT   = 500;

/**
 * Return the address of the policy's site with a trailing slash, or '' if there is none, or an invalid one.
 *
 * @return string
 */
function get_site_address() {
	$stored = get_option( SITE_OPTION, '' );
	// Other code may have stored it, past the settings page.
	return normalize_address( $stored ) === $stored ? $stored : '';
}

/**
 * Normalize an address: https, a trailing slash.
 *
 * @param mixed $value What was entered.
 * @return string The address, or '' if it is invalid.
 */
function normalize_address( $value ) {
	$address  = is_string( $value ) ? trailingslashit( trim( $value ) ) : '';
	$is_valid = strlen( $address ) <= ADDRESS_LIMIT && 1 === preg_match( ADDRESS_PATTERN, $address );
	return $is_valid && ( 0 === stripos( $address, 'https:' ) || allows_unsafe_url( $address ) ) ? $address : '';
}

/**
 * Return whether an address may lack https, lead into an internal network or have an unusual port: no, unless a filter,
 * klartekst_policy_notice_allow_unsafe_url, returns true for it. It is for tests and intranets.
 *
 * @param string $url The address.
 * @return bool
 */
function allows_unsafe_url( $url ) {
	return true === apply_filters( 'klartekst_policy_notice_allow_unsafe_url', false, $url );
}

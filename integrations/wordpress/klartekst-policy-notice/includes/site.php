<?php
/**
 * The address of the policy, the only setting.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const SITE_OPTION = 'klartekst_policy_notice_site';

/**
 * Return the address of the policy's site with a trailing slash, or '' if none has been entered.
 *
 * @return string
 */
function get_site_address() {
	return (string) get_option( SITE_OPTION, '' );
}

/**
 * Normalize an address: http or https, no query, a trailing slash.
 *
 * @param mixed $value What was entered.
 * @return string The address, or '' if it is invalid.
 */
function normalize_address( $value ) {
	$entered = is_string( $value ) ? trim( $value ) : '';
	$address = preg_match( '#^https?://#i', $entered ) ? esc_url_raw( $entered, array( 'http', 'https' ) ) : '';
	$parts   = wp_parse_url( $address );
	if ( ! is_array( $parts ) || empty( $parts['host'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) ) {
		return '';
	}
	return trailingslashit( $address );
}

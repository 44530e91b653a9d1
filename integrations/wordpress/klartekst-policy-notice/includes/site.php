<?php
/**
 * Where the policy stands: the one setting, and the addresses below it.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const SITE_OPTION = 'klartekst_policy_notice_site';

/**
 * Give the address of the policy's site, ended by a slash; '' until somebody has entered it.
 *
 * @return string
 */
function site_address() {
	return (string) get_option( SITE_OPTION, '' );
}

/**
 * Put an address into the one form that is stored: http or https, no query, ended by a slash.
 *
 * @param mixed $value What was entered.
 * @return string The address, or '' where it is none.
 */
function clean_address( $value ) {
	$entered = is_string( $value ) ? trim( $value ) : '';
	$address = preg_match( '#^https?://#i', $entered ) ? esc_url_raw( $entered, array( 'http', 'https' ) ) : '';
	$parts   = wp_parse_url( $address );
	if ( ! is_array( $parts ) || empty( $parts['host'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) ) {
		return '';
	}
	return trailingslashit( $address );
}

/**
 * Give the policy's language for a WordPress locale: the Scandinavian ones of Norway read bokmål, others English.
 *
 * @param string $locale A locale such as nb_NO.
 * @return string nb or en.
 */
function language( $locale ) {
	return preg_match( '/^(nb|nn|no)(_|-|$)/i', $locale ) ? 'nb' : 'en';
}

/**
 * Give the address of the policy in a language.
 *
 * @param string $language nb or en.
 * @return string
 */
function policy_address( $language ) {
	return site_address() . ( 'nb' === $language ? '' : "$language/" );
}

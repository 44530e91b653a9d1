<?php
/**
 * The languages of the policy, and the choice of one for a locale.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

/**
 * Return the languages of the policy in the order of its site; none before its server has answered.
 *
 * @return array<int, array<string, mixed>>
 */
function get_policy_languages() {
	return get_stored_answer( LANGUAGES_OPTION )['languages'] ?? array();
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

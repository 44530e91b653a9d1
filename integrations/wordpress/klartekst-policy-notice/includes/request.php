<?php
/**
 * Requests to the policy's server: JSON only, of limited size, within a time limit, and never to another server.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const SECONDS_LIMIT     = 5;
const BYTES_LIMIT       = 262144;
const REDIRECTION_LIMIT = 2;

/**
 * Return the announcements of a policy, or null if none answers, or with something else than valid announcements.
 *
 * @param string $address The address of the policy's site, with a trailing slash.
 * @return array<string, mixed>|null
 */
function request_announcements( $address ) {
	$body = request_json( $address . 'api/announcements.json' );
	return null === $body ? null : parse_announcements( $address, $body );
}

/**
 * Return what a server answers if that is complete and JSON by its type, else null.
 *
 * @param string $url The address.
 * @return string|null
 */
function request_json( $url ) {
	for ( $count = 0; $count <= REDIRECTION_LIMIT; $count++ ) {
		$answer = send_request( $url );
		if ( ! is_redirection( $answer ) ) {
			return read_json( $answer );
		}
		$location = wp_remote_retrieve_header( $answer, 'location' );
		$target   = is_string( $location ) ? \WP_Http::make_absolute_url( $location, $url ) : '';
		if ( ! has_same_origin( $target, $url ) ) {
			return null;
		}
		$url = $target;
	}
	return null;
}

/**
 * Send a request that follows no redirection. WordPress refuses addresses in internal networks and unusual ports.
 *
 * @param string $url The address.
 * @return array<string, mixed>|\WP_Error
 */
function send_request( $url ) {
	$arguments = array(
		'timeout'             => SECONDS_LIMIT,
		'redirection'         => 0,
		'limit_response_size' => BYTES_LIMIT + 1,
		'headers'             => array( 'Accept' => 'application/json' ),
	);
	return allows_unsafe_url( $url ) ? wp_remote_get( $url, $arguments ) : wp_safe_remote_get( $url, $arguments );
}

/**
 * Return whether an answer leads to another address.
 *
 * @param array<string, mixed>|\WP_Error $answer The answer.
 * @return bool
 */
function is_redirection( $answer ) {
	return in_array( wp_remote_retrieve_response_code( $answer ), array( 301, 302, 303, 307, 308 ), true );
}

/**
 * Return whether two addresses have the same scheme, host and port, without an account.
 *
 * @param string $url   The address.
 * @param string $other The other address.
 * @return bool
 */
function has_same_origin( $url, $other ) {
	$origins = array();
	foreach ( array( $url, $other ) as $address ) {
		$parts = wp_parse_url( $address );
		if ( ! is_array( $parts ) || ! isset( $parts['scheme'], $parts['host'] ) || isset( $parts['user'] ) ) {
			return false;
		}
		$origins[] = strtolower( "$parts[scheme]://$parts[host]:" ) . ( $parts['port'] ?? '' );
	}
	return $origins[0] === $origins[1];
}

/**
 * Return the body of a complete answer with JSON, else null.
 *
 * @param array<string, mixed>|\WP_Error $answer The answer.
 * @return string|null
 */
function read_json( $answer ) {
	$type = wp_remote_retrieve_header( $answer, 'content-type' );
	$body = wp_remote_retrieve_body( $answer );
	// A body beyond the limit is cut off, one byte behind it.
	$is_complete = 200 === wp_remote_retrieve_response_code( $answer ) && strlen( $body ) <= BYTES_LIMIT;
	return $is_complete && is_string( $type ) && preg_match( '#^application/json\s*(;|\z)#i', $type ) ? $body : null;
}

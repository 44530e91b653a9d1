<?php
/**
 * What is remembered of a member: the last version acknowledged, whether to ask, and what was shown when.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const SEEN_META = 'klartekst_policy_seen';
const ASK_META  = 'klartekst_policy_ask';
const LOG_META  = 'klartekst_policy_log';

const VERSION_PATTERN = '^[0-9]{1,6}\.[0-9]{1,6}\z';
const CHANNELS        = array( 'login', 'alert' );

// A member's own log cannot grow without end, whatever is sent to the REST routes.
const LOG_LIMIT = 200;

/**
 * Give the last version that a member has acknowledged; '' for none.
 *
 * @param int $user_id The member.
 * @return string
 */
function seen( $user_id ) {
	return (string) get_user_meta( $user_id, SEEN_META, true );
}

/**
 * Give what a member was shown: 'version channel' => times of the first showing and the acknowledgement.
 *
 * @param int $user_id The member.
 * @return array<string, array<string, int>>
 */
function member_log( $user_id ) {
	$log = array();
	foreach ( get_user_meta( $user_id, LOG_META ) as $entry ) {
		list( $version, $channel, $what, $time ) = explode( ' ', $entry );

		$known = $log[ "$version $channel" ][ $what ] ?? PHP_INT_MAX;

		$log[ "$version $channel" ][ $what ] = min( $known, (int) $time );
	}
	return $log;
}

/**
 * Note when versions were first shown to a member, or first acknowledged; a later time changes nothing.
 *
 * Every entry is a row of its own: two requests at once, one for each channel, lose nothing of each other.
 *
 * @param int      $user_id  The member.
 * @param string   $what     shown or acknowledged.
 * @param string[] $versions The versions.
 * @param string   $channel  login or alert.
 */
function note( $user_id, $what, $versions, $channel ) {
	$log  = member_log( $user_id );
	$room = LOG_LIMIT - count( $log, COUNT_RECURSIVE ) + count( $log );
	foreach ( array_unique( $versions ) as $version ) {
		if ( ! isset( $log[ "$version $channel" ][ $what ] ) && $room-- > 0 ) {
			add_user_meta( $user_id, LOG_META, "$version $channel $what " . time() );
		}
	}
}

/**
 * Note that a member was shown versions; a dialog comes once a login.
 *
 * @param int      $user_id  The member.
 * @param string[] $versions The versions.
 * @param string   $channel  login or alert.
 */
function shown( $user_id, $versions, $channel ) {
	note( $user_id, 'shown', $versions, $channel );
	if ( 'login' === $channel ) {
		delete_user_meta( $user_id, ASK_META );
	}
}

/**
 * Take a member's acknowledgement. What was acknowledged once stays so: an older version moves nothing back.
 *
 * It proves that the versions were shown, whatever became of the request that was to say so.
 *
 * @param int      $user_id  The member.
 * @param string[] $versions The versions.
 * @param string   $channel  login or alert.
 */
function acknowledged( $user_id, $versions, $channel ) {
	note( $user_id, 'shown', $versions, $channel );
	note( $user_id, 'acknowledged', $versions, $channel );
	foreach ( $versions as $version ) {
		if ( version_compare( $version, seen( $user_id ), '>' ) ) {
			update_user_meta( $user_id, SEEN_META, $version );
		}
	}
}

/**
 * Ask a member who has just logged in.
 *
 * @param string   $user_login The name used; not needed.
 * @param \WP_User $user       The member.
 */
function ask_at_login( $user_login, $user ) {
	update_user_meta( $user->ID, ASK_META, '1' );
}
add_action( 'wp_login', __NAMESPACE__ . '\ask_at_login', 10, 2 );

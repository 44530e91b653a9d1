<?php
/**
 * What is stored about a member: the last version acknowledged, whether to show the dialog, what was shown when.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const SEEN_META        = 'klartekst_policy_seen';
const SHOW_DIALOG_META = 'klartekst_policy_ask';
const LOG_META         = 'klartekst_policy_log';
const MEMBER_META      = array( SEEN_META, SHOW_DIALOG_META, LOG_META );

// Limits the log of a member, whatever a policy announces.
const LOG_LIMIT = 200;

// For how long a click may wait in a browser that its member does not use.
const WAITING_LIMIT = 90 * DAY_IN_SECONDS;

/**
 * Return the last version that a member has acknowledged, or '' for none.
 *
 * @param int $user_id The member.
 * @return string
 */
function get_seen_version( $user_id ) {
	return (string) get_user_meta( $user_id, SEEN_META, true );
}

/**
 * Return the times of a version such that it was shown before it was acknowledged.
 *
 * The clocks of several web servers may differ, and a record may have been deleted for its age.
 *
 * @param array<string, int> $times The times as they were recorded.
 * @return array<string, int>
 */
function order_times( $times ) {
	if ( isset( $times['acknowledged'] ) ) {
		$times['shown']        = $times['shown'] ?? $times['acknowledged'];
		$times['acknowledged'] = max( $times );
	}
	return $times;
}

/**
 * Return a member's log: 'version entry channel' => the times of the first showing and the acknowledgement.
 *
 * @param int $user_id The member.
 * @return array<string, array<string, int>>
 */
function get_member_log( $user_id ) {
	return parse_log( get_user_meta( $user_id, LOG_META, false ) );
}

/**
 * Return a member's log from its records.
 *
 * @param string[] $records The values of LOG_META.
 * @return array<string, array<string, int>>
 */
function parse_log( $records ) {
	$log = array();
	foreach ( $records as $row ) {
		list( $version, $entry, $channel, $event, $time ) = explode( ' ', $row );

		$known = $log[ "$version $entry $channel" ][ $event ] ?? PHP_INT_MAX;

		$log[ "$version $entry $channel" ][ $event ] = min( $known, (int) $time );
	}
	return array_map( __NAMESPACE__ . '\order_times', $log );
}

/**
 * Return the versions that were shown to a member in a channel, by their entries in the policy's log.
 *
 * @param int    $user_id The member.
 * @param string $channel login or alert.
 * @return array<string, string>
 */
function get_shown_versions( $user_id, $channel ) {
	$versions = array();
	foreach ( array_keys( get_member_log( $user_id ) ) as $key ) {
		list( $version, $entry, $where ) = explode( ' ', $key );
		if ( $where === $channel ) {
			$versions[ $entry ] = $version;
		}
	}
	return $versions;
}

/**
 * Return whether a member was shown a version lately and has not acknowledged it: the click may be waiting in the browser,
 * even if the version is announced no longer.
 *
 * @param int $user_id The member.
 * @return bool
 */
function may_click_be_waiting( $user_id ) {
	$seen = get_seen_version( $user_id );
	foreach ( get_member_log( $user_id ) as $key => $times ) {
		if ( version_compare( strtok( $key, ' ' ), $seen, '>' ) && $times['shown'] > time() - WAITING_LIMIT ) {
			return true;
		}
	}
	return false;
}

/**
 * Record when versions were first shown to a member or first acknowledged; later times change nothing.
 *
 * Every record is a meta row of its own, so that concurrent requests, one for each channel, cannot overwrite each other.
 *
 * @param int                   $user_id  The member.
 * @param string                $event    shown or acknowledged.
 * @param array<string, string> $versions The versions by their entries in the policy's log.
 * @param string                $channel  login or alert.
 */
function record_event( $user_id, $event, $versions, $channel ) {
	$log       = get_member_log( $user_id );
	$remaining = LOG_LIMIT - count( $log, COUNT_RECURSIVE ) + count( $log );
	foreach ( $versions as $entry => $version ) {
		if ( ! isset( $log[ "$version $entry $channel" ][ $event ] ) && $remaining-- > 0 ) {
			add_user_meta( $user_id, LOG_META, "$version $entry $channel $event " . time() );
		}
	}
}

/**
 * Record that versions were shown to a member; the dialog is shown once for each login.
 *
 * @param int                   $user_id  The member.
 * @param array<string, string> $versions The versions by their entries in the policy's log.
 * @param string                $channel  login or alert.
 * @param string                $login    The login after which the dialog was shown. A report that is sent again, after a
 *                                        later login, must not hide the dialog of that one. '' is any login.
 */
function record_shown( $user_id, $versions, $channel, $login = '' ) {
	record_event( $user_id, 'shown', $versions, $channel );
	if ( 'login' === $channel ) {
		delete_user_meta( $user_id, SHOW_DIALOG_META, $login );
	}
}

/**
 * Record a member's acknowledgement. An older version does not replace a newer one.
 *
 * It proves that the versions were shown, even if the request that reports the showing was lost.
 *
 * @param int                   $user_id  The member.
 * @param array<string, string> $versions The versions by their entries in the policy's log.
 * @param string                $channel  login or alert.
 */
function record_acknowledged( $user_id, $versions, $channel ) {
	record_event( $user_id, 'shown', $versions, $channel );
	record_event( $user_id, 'acknowledged', $versions, $channel );
	foreach ( $versions as $version ) {
		if ( version_compare( $version, get_seen_version( $user_id ), '>' ) ) {
			update_user_meta( $user_id, SEEN_META, $version );
		}
	}
}

/**
 * Return the login after which the dialog is still to be shown, or '' if it was shown.
 *
 * @param int $user_id The member.
 * @return string
 */
function get_pending_login( $user_id ) {
	return (string) get_user_meta( $user_id, SHOW_DIALOG_META, true );
}

/**
 * Show the dialog to a member who has just logged in.
 *
 * @param string   $user_login The login name; not used.
 * @param \WP_User $user       The member.
 */
function request_dialog_at_login( $user_login, $user ) {
	update_user_meta( $user->ID, SHOW_DIALOG_META, (string) time() );
}
add_action( 'wp_login', __NAMESPACE__ . '\request_dialog_at_login', 10, 2 );

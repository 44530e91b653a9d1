<?php
/**
 * The notices on the members' pages: an element for each channel, and two scripts.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

/**
 * Return whether a channel has announcements that a member has not acknowledged.
 *
 * @param int    $user_id The member.
 * @param string $channel login or alert.
 * @return bool
 */
function has_unseen_announcements( $user_id, $channel ) {
	$seen = get_seen_version( $user_id );
	foreach ( get_current_announcements( $channel ) as $announcement ) {
		if ( version_compare( $announcement['version'], $seen, '>' ) ) {
			return true;
		}
	}
	return false;
}

/**
 * Return the channels with notices for the current member: the banner, and after a login the dialog.
 *
 * @return string[]
 */
function get_notice_channels() {
	$user_id = get_current_user_id();
	if ( 0 === $user_id ) {
		return array();
	}
	$channels = '' === get_pending_login( $user_id ) ? array( 'alert' ) : array( 'alert', 'login' );
	return array_filter(
		$channels,
		static function ( $channel ) use ( $user_id ) {
			return has_unseen_announcements( $user_id, $channel );
		}
	);
}

/**
 * Return whether there may be something to report of the current member: a notice, or a click that is waiting in the
 * browser although there is no notice on this page.
 *
 * @return bool
 */
function has_member_reports() {
	$user_id = get_current_user_id();
	return 0 !== $user_id && (
		has_unseen_announcements( $user_id, 'login' )
		|| has_unseen_announcements( $user_id, 'alert' )
		|| may_click_be_waiting( $user_id )
	);
}

/**
 * Print what acknowledge.js needs. Scripts may be combined into one file, so this is not with the script.
 */
function print_report_settings() {
	printf(
		'<div hidden class="klartekst-policy-reports" data-rest="%s" data-ajax="%s" data-nonce="%s" data-member="%d" data-login="%s" data-failure="%s"></div>' . "\n",
		esc_url( rest_url( REST_NAMESPACE . '/notices/' ) ),
		esc_url( admin_url( 'admin-ajax.php' ) ),
		esc_attr( wp_create_nonce( 'wp_rest' ) ),
		absint( get_current_user_id() ),
		esc_attr( get_pending_login( get_current_user_id() ) ),
		esc_attr__( 'This was not saved. Try again.', 'klartekst-policy-notice' )
	);
}

/**
 * Print an element for each channel.
 */
function print_notices() {
	if ( has_member_reports() ) {
		print_report_settings();
	}
	foreach ( get_notice_channels() as $channel ) {
		printf(
			'<policy-notice src="%s" fallback="%s" base="%s" lang="%s" seen="%s" channel="%s" data-reported></policy-notice>' . "\n",
			esc_url( rest_url( REST_NAMESPACE . '/announcements' ) ),
			esc_url( admin_url( 'admin-ajax.php?action=' . ANNOUNCEMENTS_ACTION ) ),
			esc_url( get_site_address() ),
			esc_attr( str_replace( '_', '-', get_user_locale() ) ),
			esc_attr( get_seen_version( get_current_user_id() ) ),
			esc_attr( $channel )
		);
	}
}
add_action( 'wp_body_open', __NAMESPACE__ . '\print_notices' );
add_action( 'all_admin_notices', __NAMESPACE__ . '\print_notices' );

/**
 * Print the elements at the end of the page if the theme has no wp_body_open.
 */
function print_notices_late() {
	if ( ! did_action( 'wp_body_open' ) ) {
		print_notices();
	}
}
add_action( 'wp_footer', __NAMESPACE__ . '\print_notices_late' );

/**
 * Load the plugin's copy of notice.js, and its script that reports showings and acknowledgements.
 */
function enqueue_scripts() {
	if ( ! has_member_reports() ) {
		return;
	}
	// Caching plugins agree on this name. The page is for one member.
	if ( ! defined( 'DONOTCACHEPAGE' ) ) {
		define( 'DONOTCACHEPAGE', true ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals
	}
	$scripts = array( 'klartekst-policy-acknowledge' => 'assets/acknowledge.js' );
	if ( get_notice_channels() ) {
		$scripts['klartekst-policy-notice'] = 'assets/notice.js';
	}
	foreach ( $scripts as $handle => $path ) {
		$version = (string) filemtime( plugin_dir_path( PLUGIN_FILE ) . $path );
		wp_enqueue_script( $handle, plugins_url( $path, PLUGIN_FILE ), array(), $version, true );
	}
}
add_action( 'wp_enqueue_scripts', __NAMESPACE__ . '\enqueue_scripts' );
add_action( 'admin_enqueue_scripts', __NAMESPACE__ . '\enqueue_scripts' );

/**
 * Load both with defer, which keeps their order, so that no event precedes its listener.
 *
 * @param string $tag    The script element.
 * @param string $handle The script's name.
 * @return string
 */
function defer_scripts( $tag, $handle ) {
	$ours = array( 'klartekst-policy-acknowledge', 'klartekst-policy-notice' );
	return in_array( $handle, $ours, true ) ? str_replace( ' src=', ' defer src=', $tag ) : $tag;
}
add_filter( 'script_loader_tag', __NAMESPACE__ . '\defer_scripts', 10, 2 );

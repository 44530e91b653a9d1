<?php
/**
 * The notices on the members' pages: an element for each channel, and two scripts.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

/**
 * Return whether this page may show notices.
 *
 * @return bool
 */
function has_notices() {
	return is_user_logged_in() && '' !== get_site_address();
}

/**
 * Print the elements: the banner, and after a login the dialog.
 */
function print_notices() {
	if ( ! has_notices() ) {
		return;
	}
	$user_id  = get_current_user_id();
	$channels = get_user_meta( $user_id, SHOW_DIALOG_META, true ) ? array( 'alert', 'login' ) : array( 'alert' );
	foreach ( $channels as $channel ) {
		printf(
			'<policy-notice src="%s" lang="%s" seen="%s" channel="%s" data-rest="%s" data-nonce="%s"></policy-notice>' . "\n",
			esc_url( get_site_address() . 'api/announcements.json' ),
			esc_attr( str_replace( '_', '-', get_user_locale() ) ),
			esc_attr( get_seen_version( $user_id ) ),
			esc_attr( $channel ),
			esc_url( rest_url( REST_NAMESPACE . '/notices/' ) ),
			esc_attr( wp_create_nonce( 'wp_rest' ) )
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
 * Load the policy's notice.js, and the plugin's script that reports showings and acknowledgements.
 */
function enqueue_scripts() {
	if ( ! has_notices() ) {
		return;
	}
	$own = 'assets/acknowledge.js';
	wp_enqueue_script(
		'klartekst-policy-acknowledge',
		plugins_url( $own, PLUGIN_FILE ),
		array(),
		(string) filemtime( plugin_dir_path( PLUGIN_FILE ) . $own ),
		true
	);
	// The policy's server decides how long notice.js is cached; a version parameter would interfere.
	wp_enqueue_script( 'klartekst-policy-notice', get_site_address() . 'notice.js', array(), null, true ); // phpcs:ignore WordPress.WP.EnqueuedResourceParameters.MissingVersion
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

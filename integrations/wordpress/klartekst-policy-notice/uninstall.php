<?php
/**
 * Deletes the setting, the copy of the announcements and everything stored about members.
 *
 * @package Klartekst_Policy_Notice
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

foreach ( is_multisite() ? get_sites(
	array(
		'fields' => 'ids',
		'number' => 0,
	)
) : array( 0 ) as $klartekst_site ) {
	if ( $klartekst_site ) {
		switch_to_blog( $klartekst_site );
	}
	delete_option( 'klartekst_policy_notice_site' );
	delete_option( 'klartekst_policy_notice_announcements' );
	delete_option( 'klartekst_policy_notice_languages' );
	delete_option( 'klartekst_policy_notice_months' );
	wp_clear_scheduled_hook( 'klartekst_policy_notice_refresh' );
	wp_clear_scheduled_hook( 'klartekst_policy_notice_delete_old' );
	if ( $klartekst_site ) {
		restore_current_blog();
	}
}
foreach ( array( 'klartekst_policy_seen', 'klartekst_policy_ask', 'klartekst_policy_log' ) as $klartekst_key ) {
	delete_metadata( 'user', 0, $klartekst_key, '', true );
}

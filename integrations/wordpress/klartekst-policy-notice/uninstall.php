<?php
/**
 * Deletes the setting and everything stored about members.
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
		delete_blog_option( $klartekst_site, 'klartekst_policy_notice_site' );
	} else {
		delete_option( 'klartekst_policy_notice_site' );
	}
}
foreach ( array( 'klartekst_policy_seen', 'klartekst_policy_ask', 'klartekst_policy_log' ) as $klartekst_key ) {
	delete_metadata( 'user', 0, $klartekst_key, '', true );
}

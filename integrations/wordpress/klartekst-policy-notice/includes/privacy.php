<?php
/**
 * What WordPress' own tools for privacy need: export and erasure of what is stored about a member, a text for the policy,
 * and the address of the policy.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

/**
 * Return a time as the export of personal data shows it.
 *
 * @param int|null $time Seconds since 1970, or null if it never happened.
 * @return string
 */
function format_personal_time( $time ) {
	return null === $time ? '' : wp_date( 'Y-m-d H:i', $time );
}

/**
 * Return what is stored about a member, for Tools > Export Personal Data: at most 200 records, so one page.
 *
 * @param string $email The member's address.
 * @return array<string, mixed>
 */
function export_personal_data( $email ) {
	$user  = get_user_by( 'email', $email );
	$items = array();
	foreach ( $user ? get_member_log( $user->ID ) : array() as $key => $times ) {
		list( $version, , $channel ) = explode( ' ', $key );

		$items[] = array(
			'group_id'    => 'klartekst-policy-notice',
			'group_label' => __( 'Privacy policy notices', 'klartekst-policy-notice' ),
			'item_id'     => 'klartekst-policy-notice-' . str_replace( ' ', '-', $key ),
			'data'        => array(
				array(
					'name'  => __( 'Version', 'klartekst-policy-notice' ),
					'value' => $version,
				),
				array(
					'name'  => __( 'Where', 'klartekst-policy-notice' ),
					'value' => 'login' === $channel ? __( 'Dialog after a login', 'klartekst-policy-notice' ) : __( 'Banner', 'klartekst-policy-notice' ),
				),
				array(
					'name'  => __( 'Shown', 'klartekst-policy-notice' ),
					'value' => format_personal_time( $times['shown'] ?? null ),
				),
				array(
					'name'  => __( 'Acknowledged', 'klartekst-policy-notice' ),
					'value' => format_personal_time( $times['acknowledged'] ?? null ),
				),
			),
		);
	}
	return array(
		'data' => $items,
		'done' => true,
	);
}

/**
 * Delete what is stored about a member, for Tools > Erase Personal Data. Current notices are shown to the member again.
 *
 * @param string $email The member's address.
 * @return array<string, mixed>
 */
function erase_personal_data( $email ) {
	$user    = get_user_by( 'email', $email );
	$removed = false;
	foreach ( $user ? MEMBER_META : array() as $key ) {
		$removed = delete_user_meta( $user->ID, $key ) || $removed;
	}
	return array(
		'items_removed'  => $removed,
		'items_retained' => false,
		'messages'       => array(),
		'done'           => true,
	);
}

/**
 * Add the export.
 *
 * @param array<string, array<string, mixed>> $exporters Those of WordPress and other plugins.
 * @return array<string, array<string, mixed>>
 */
function add_exporter( $exporters ) {
	$exporters['klartekst-policy-notice'] = array(
		'exporter_friendly_name' => __( 'Privacy policy notices', 'klartekst-policy-notice' ),
		'callback'               => __NAMESPACE__ . '\export_personal_data',
	);
	return $exporters;
}
add_filter( 'wp_privacy_personal_data_exporters', __NAMESPACE__ . '\add_exporter' );

/**
 * Add the erasure.
 *
 * @param array<string, array<string, mixed>> $erasers Those of WordPress and other plugins.
 * @return array<string, array<string, mixed>>
 */
function add_eraser( $erasers ) {
	$erasers['klartekst-policy-notice'] = array(
		'eraser_friendly_name' => __( 'Privacy policy notices', 'klartekst-policy-notice' ),
		'callback'             => __NAMESPACE__ . '\erase_personal_data',
	);
	return $erasers;
}
add_filter( 'wp_privacy_personal_data_erasers', __NAMESPACE__ . '\add_eraser' );

/**
 * Suggest what the policy may say about this plugin, in Settings > Privacy.
 */
function suggest_policy_text() {
	// Translators: %s is a number of months.
	$text = __( 'When we change our privacy policy, we tell members when they log in or on our pages. We store which version each member was shown and has acknowledged, where and when, so that we can prove that we told them. We delete this after %s months, or with the account. Until our server has confirmed it, it is stored in the browser too. Nobody else receives it.', 'klartekst-policy-notice' );
	wp_add_privacy_policy_content(
		__( 'Klartekst Policy Notice', 'klartekst-policy-notice' ),
		'<p>' . esc_html( sprintf( $text, number_format_i18n( get_retention_months() ) ) ) . '</p>'
	);
}
add_action( 'admin_init', __NAMESPACE__ . '\suggest_policy_text' );

/**
 * Have WordPress, its themes and other plugins link to the policy, in the language of the page.
 *
 * @param string $url The address of the page that is chosen in Settings > Privacy.
 * @return string
 */
function replace_policy_url( $url ) {
	return '' === get_site_address() ? $url : get_policy_address( determine_locale() );
}
add_filter( 'privacy_policy_url', __NAMESPACE__ . '\replace_policy_url' );

/**
 * Return the link to the policy: WordPress has none if no page is chosen in Settings > Privacy.
 *
 * @param string $link The link, or ''.
 * @param string $url  The address of the policy.
 * @return string
 */
function complete_policy_link( $link, $url ) {
	if ( '' !== $link || '' === get_site_address() ) {
		return $link;
	}
	return sprintf(
		'<a class="privacy-policy-link" href="%s" rel="privacy-policy">%s</a>',
		esc_url( $url ),
		esc_html__( 'Privacy policy', 'klartekst-policy-notice' )
	);
}
add_filter( 'the_privacy_policy_link', __NAMESPACE__ . '\complete_policy_link', 10, 2 );

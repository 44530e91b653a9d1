<?php
/**
 * The link to the policy, in the language of the page: [klartekst_policy_link] and a block.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

/**
 * Make the link.
 *
 * @param string $words What the link says; '' for the policy's usual name.
 * @return string Nothing where no address is set.
 */
function policy_link( $words = '' ) {
	if ( '' === site_address() ) {
		return '';
	}
	return sprintf(
		'<a href="%s">%s</a>',
		esc_url( policy_address( language( determine_locale() ) ) ),
		esc_html( '' === $words ? __( 'Privacy policy', 'klartekst-policy-notice' ) : $words )
	);
}

/**
 * Answer the shortcode; what it encloses are the words of the link.
 *
 * @param array|string $attributes None are known.
 * @param string|null  $content    The words enclosed.
 * @return string
 */
function policy_link_shortcode( $attributes, $content = null ) {
	return policy_link( trim( wp_strip_all_tags( (string) $content ) ) );
}

/**
 * Answer the block.
 *
 * @return string
 */
function policy_link_block() {
	$link = policy_link();
	return '' === $link ? '' : sprintf( '<p %s>%s</p>', get_block_wrapper_attributes(), $link );
}

add_action(
	'init',
	static function () {
		add_shortcode( 'klartekst_policy_link', __NAMESPACE__ . '\policy_link_shortcode' );
		register_block_type(
			plugin_dir_path( PLUGIN_FILE ) . 'blocks/policy-link',
			array( 'render_callback' => __NAMESPACE__ . '\policy_link_block' )
		);
	}
);

<?php
/**
 * The link to the policy, in the language of the page: [klartekst_policy_link] and a block.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

/**
 * Return the link as HTML.
 *
 * @param string $text The text of the link; '' for the policy's usual name.
 * @return string An empty string if no address is set.
 */
function render_policy_link( $text = '' ) {
	if ( '' === get_site_address() ) {
		return '';
	}
	return sprintf(
		'<a href="%s">%s</a>',
		esc_url( get_policy_address( determine_locale() ) ),
		esc_html( '' === $text ? __( 'Privacy policy', 'klartekst-policy-notice' ) : $text )
	);
}

/**
 * Render the shortcode; its content is the text of the link.
 *
 * @param array|string $attributes Not used.
 * @param string|null  $content    The enclosed text.
 * @return string
 */
function render_policy_link_shortcode( $attributes, $content = null ) {
	return render_policy_link( trim( wp_strip_all_tags( (string) $content ) ) );
}

/**
 * Render the block.
 *
 * @return string
 */
function render_policy_link_block() {
	$link = render_policy_link();
	return '' === $link ? '' : sprintf( '<p %s>%s</p>', get_block_wrapper_attributes(), $link );
}

add_action(
	'init',
	static function () {
		add_shortcode( 'klartekst_policy_link', __NAMESPACE__ . '\render_policy_link_shortcode' );
		register_block_type(
			plugin_dir_path( PLUGIN_FILE ) . 'blocks/policy-link',
			array( 'render_callback' => __NAMESPACE__ . '\render_policy_link_block' )
		);
	}
);

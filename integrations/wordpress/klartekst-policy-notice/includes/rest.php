<?php
/**
 * The two REST routes: what was shown, and what was acknowledged. Both are about the one who asks, nobody else.
 *
 * WordPress takes the member from the login cookie only when the X-WP-Nonce header is right.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const REST_NAMESPACE = 'klartekst/v1';

/**
 * Register the routes.
 */
function register_routes() {
	$arguments = array(
		'versions' => array(
			'type'     => 'array',
			'required' => true,
			'minItems' => 1,
			'maxItems' => 50,
			'items'    => array(
				'type'    => 'string',
				'pattern' => VERSION_PATTERN,
			),
		),
		'channel'  => array(
			'type'     => 'string',
			'required' => true,
			'enum'     => CHANNELS,
		),
	);
	foreach ( array( 'shown', 'acknowledged' ) as $what ) {
		register_rest_route(
			REST_NAMESPACE,
			"/notices/$what",
			array(
				'methods'             => \WP_REST_Server::CREATABLE,
				'args'                => $arguments,
				'permission_callback' => static function () {
					return current_user_can( 'read' );
				},
				'callback'            => static function ( \WP_REST_Request $request ) use ( $what ) {
					return answer( $what, $request );
				},
			)
		);
	}
}
add_action( 'rest_api_init', __NAMESPACE__ . '\register_routes' );

/**
 * Note what the current member was shown or has acknowledged.
 *
 * @param string           $what    shown or acknowledged.
 * @param \WP_REST_Request $request The request, its arguments checked.
 * @return \WP_REST_Response The last version that the member has acknowledged.
 */
function answer( $what, $request ) {
	$user_id = get_current_user_id();
	$take    = 'shown' === $what ? __NAMESPACE__ . '\shown' : __NAMESPACE__ . '\acknowledged';
	$take( $user_id, $request['versions'], $request['channel'] );
	return new \WP_REST_Response( array( 'seen' => seen( $user_id ) ) );
}

<?php
/**
 * The two REST routes that report what was shown and acknowledged, for the requesting member only.
 *
 * WordPress accepts the login cookie only together with a valid X-WP-Nonce header.
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
	foreach ( array( 'shown', 'acknowledged' ) as $event ) {
		register_rest_route(
			REST_NAMESPACE,
			"/notices/$event",
			array(
				'methods'             => \WP_REST_Server::CREATABLE,
				'args'                => $arguments,
				'permission_callback' => static function () {
					return current_user_can( 'read' );
				},
				'callback'            => static function ( \WP_REST_Request $request ) use ( $event ) {
					return handle_event( $event, $request );
				},
			)
		);
	}
}
add_action( 'rest_api_init', __NAMESPACE__ . '\register_routes' );

/**
 * Record what the current member was shown or has acknowledged.
 *
 * @param string           $event    shown or acknowledged.
 * @param \WP_REST_Request $request The request with validated arguments.
 * @return \WP_REST_Response The last version that the member has acknowledged.
 */
function handle_event( $event, $request ) {
	$user_id = get_current_user_id();
	$record  = 'shown' === $event ? __NAMESPACE__ . '\record_shown' : __NAMESPACE__ . '\record_acknowledged';
	$record( $user_id, $request['versions'], $request['channel'] );
	return new \WP_REST_Response( array( 'seen' => get_seen_version( $user_id ) ) );
}

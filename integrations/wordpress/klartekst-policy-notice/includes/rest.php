<?php
/**
 * The REST routes: the announcements for notice.js, and the reports of what the requesting member was shown and has
 * acknowledged.
 *
 * WordPress accepts the login cookie only together with a valid X-WP-Nonce header.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const REST_NAMESPACE = 'klartekst/v1';

// The channels of notices; the others are the help centre and mail.
const NOTICE_CHANNELS = array( 'login', 'alert' );

/**
 * Register the routes.
 */
function register_routes() {
	// Everybody may read what the policy announces; members' browsers ask without their cookie.
	register_rest_route(
		REST_NAMESPACE,
		'/announcements',
		array(
			'methods'             => \WP_REST_Server::READABLE,
			'permission_callback' => '__return_true',
			'callback'            => __NAMESPACE__ . '\send_announcements',
		)
	);
	foreach ( array( 'shown', 'acknowledged' ) as $event ) {
		register_rest_route(
			REST_NAMESPACE,
			"/notices/$event",
			array(
				'methods'             => \WP_REST_Server::CREATABLE,
				'args'                => get_event_arguments(),
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
 * Return the arguments of the routes that record an event: the log entries of the versions, and the channel.
 *
 * @return array<string, array<string, mixed>>
 */
function get_event_arguments() {
	return array(
		'entries' => array(
			'type'        => 'array',
			'required'    => true,
			'minItems'    => 1,
			'maxItems'    => LIST_LIMIT,
			'uniqueItems' => true,
			'items'       => array(
				'type'    => 'string',
				'pattern' => trim( ENTRY_PATTERN, '/' ),
			),
		),
		'channel' => array(
			'type'     => 'string',
			'required' => true,
			'enum'     => NOTICE_CHANNELS,
		),
		// Whose page sent this: another member may have logged in with the same browser since.
		'member'  => array(
			'type'    => 'integer',
			'default' => 0,
		),
		'login'   => array(
			'type'      => 'string',
			'default'   => '',
			'maxLength' => 20,
		),
	);
}

/**
 * Send the plugin's copy of the announcements, in the form of the policy's api/announcements.json.
 *
 * @return \WP_REST_Response|\WP_Error
 */
function send_announcements() {
	$stored = get_stored_answer( ANNOUNCEMENTS_OPTION );
	if ( null === $stored ) {
		return new \WP_Error( 'klartekst_no_announcements', 'The policy has not answered yet.', array( 'status' => 404 ) );
	}
	return new \WP_REST_Response( $stored['document'], 200, array( 'Cache-Control' => 'no-cache' ) );
}

/**
 * Record what the current member was shown or has acknowledged: versions that are announced today in the channel, or
 * nothing. A version that was shown may be acknowledged later, too: the click may have waited in the browser. Every
 * member has a bounded number of records, however often this is called.
 *
 * @param string                                $event   shown or acknowledged.
 * @param \WP_REST_Request|array<string, mixed> $request The validated arguments.
 * @return \WP_REST_Response|\WP_Error The last version that the member has acknowledged.
 */
function handle_event( $event, $request ) {
	$user_id = get_current_user_id();
	if ( ! in_array( $request['member'], array( 0, $user_id ), true ) ) {
		return new \WP_Error( 'klartekst_other_member', 'Another member has logged in.', array( 'status' => 403 ) );
	}
	$announced = array_column( get_current_announcements( $request['channel'] ), 'version', 'entry' );
	if ( 'acknowledged' === $event ) {
		$announced += get_shown_versions( $user_id, $request['channel'] );
	}
	$versions = array_intersect_key( $announced, array_flip( $request['entries'] ) );
	if ( count( $versions ) < count( $request['entries'] ) ) {
		return new \WP_Error( 'klartekst_not_announced', 'Not all of these versions are announced here today.', array( 'status' => 409 ) );
	}
	if ( 'shown' === $event ) {
		record_shown( $user_id, $versions, $request['channel'], $request['login'] );
	} else {
		record_acknowledged( $user_id, $versions, $request['channel'] );
	}
	return new \WP_REST_Response( array( 'seen' => get_seen_version( $user_id ) ) );
}

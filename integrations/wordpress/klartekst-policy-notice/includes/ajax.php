<?php
/**
 * The same as the REST routes by way of admin-ajax.php, for sites that close the REST API.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const ANNOUNCEMENTS_ACTION = 'klartekst_policy_notice_announcements';
const REPORT_ACTION        = 'klartekst_policy_notice_report';

/**
 * Send what a REST route would have answered.
 *
 * @param \WP_REST_Response|\WP_Error $answer The answer.
 */
function send_ajax_answer( $answer ) {
	if ( is_wp_error( $answer ) ) {
		wp_send_json( array( 'code' => $answer->get_error_code() ), $answer->get_error_data()['status'] ?? 400 );
	}
	wp_send_json( $answer->get_data() );
}

/**
 * Send the plugin's copy of the announcements.
 */
function send_ajax_announcements() {
	send_ajax_answer( send_announcements() );
}
add_action( 'wp_ajax_' . ANNOUNCEMENTS_ACTION, __NAMESPACE__ . '\send_ajax_announcements' );
add_action( 'wp_ajax_nopriv_' . ANNOUNCEMENTS_ACTION, __NAMESPACE__ . '\send_ajax_announcements' );

/**
 * Return the arguments of a report, or what is wrong with them.
 *
 * @param mixed $report The report as it was sent.
 * @return array<string, mixed>|\WP_Error
 */
function validate_report( $report ) {
	$values    = array();
	$arguments = get_event_arguments();

	$arguments['event'] = array(
		'type'     => 'string',
		'required' => true,
		'enum'     => array( 'shown', 'acknowledged' ),
	);
	foreach ( $arguments as $name => $schema ) {
		$value = $report[ $name ] ?? $schema['default'] ?? null;
		$error = rest_validate_value_from_schema( $value, $schema, $name );
		if ( is_wp_error( $error ) ) {
			return new \WP_Error( 'rest_invalid_param', $error->get_error_message(), array( 'status' => 400 ) );
		}
		$values[ $name ] = rest_sanitize_value_from_schema( $value, $schema, $name );
	}
	return $values;
}

/**
 * Record a report of acknowledge.js.
 */
function handle_ajax_report() {
	check_ajax_referer( 'wp_rest' );
	// JSON, every field of which is checked.
	$report = validate_report( json_decode( wp_unslash( $_POST['report'] ?? '' ), true ) ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput
	if ( ! is_wp_error( $report ) && ! current_user_can( 'read' ) ) {
		$report = new \WP_Error( 'rest_forbidden', '', array( 'status' => 403 ) );
	}
	send_ajax_answer( is_wp_error( $report ) ? $report : handle_event( $report['event'], $report ) );
}
add_action( 'wp_ajax_' . REPORT_ACTION, __NAMESPACE__ . '\handle_ajax_report' );

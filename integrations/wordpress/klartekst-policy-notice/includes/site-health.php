<?php
/**
 * Tests in Tools > Site Health: whether the policy's site answers, and is built on the days on which it has to be; and
 * whether the REST API is open to notices.
 *
 * A site that is not built when a version takes effect still shows the one before. Whatever builds it cannot tell that it
 * has stopped, so it is looked for here.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const HEALTH_TEST      = 'klartekst_policy_notice';
const REST_HEALTH_TEST = 'klartekst_policy_notice_rest';
const COPY_AGE_LIMIT   = 2 * DAY_IN_SECONDS;
const BUILD_AGE_LIMIT  = 7 * DAY_IN_SECONDS;
// The site is built some hours after midnight in Norway, and requested every hour.
const BUILD_TIME = 6 * HOUR_IN_SECONDS;

/**
 * Return a version that had taken effect when the policy last answered, though its site was last built before that day.
 *
 * @param array<string, mixed> $stored What is stored about the policy.
 * @return array<string, mixed>|null Its announcement; null if there is none.
 */
function find_unbuilt_version( $stored ) {
	$built = $stored['document']['built'] ?? null;
	$asked = gmdate( 'Y-m-d', $stored['received'] - BUILD_TIME );
	foreach ( $stored['document']['announcements'] as $announcement ) {
		if ( null !== $built && $announcement['effective'] > $built && $announcement['effective'] <= $asked ) {
			return $announcement;
		}
	}
	return null;
}

/**
 * Return how the policy's site is, for Site Health: a status, a heading and a text.
 *
 * @param array<string, mixed>|null $stored What is stored about the policy.
 * @return string[]
 */
function assess_policy_site( $stored ) {
	if ( null === $stored ) {
		return array(
			'recommended',
			__( 'The privacy policy has never answered', 'klartekst-policy-notice' ),
			__( 'No privacy policy has answered at the address in the settings with valid announcements, so members are told of nothing.', 'klartekst-policy-notice' ),
		);
	}
	$answered = wp_date( 'Y-m-d H:i', $stored['received'] );
	if ( $stored['received'] < time() - COPY_AGE_LIMIT ) {
		return array(
			'recommended',
			__( 'The announcements of the privacy policy are old', 'klartekst-policy-notice' ),
			// Translators: %s is a day and a time.
			sprintf( __( 'The policy last answered with valid announcements on %s. Members are not told of anything newer. Either its server does not answer, or the scheduled events of WordPress do not run.', 'klartekst-policy-notice' ), $answered ),
		);
	}
	$built   = $stored['document']['built'] ?? null;
	$unbuilt = find_unbuilt_version( $stored );
	if ( null !== $unbuilt ) {
		return array(
			'critical',
			__( 'The privacy policy shows a version that no longer applies', 'klartekst-policy-notice' ),
			// Translators: 1: the number of a version, 2: a day, 3: a day.
			sprintf( __( 'Version %1$s took effect on %2$s, but the site of the policy was last built on %3$s and still shows the version before. Find out why it is not built every day, and build it now.', 'klartekst-policy-notice' ), $unbuilt['version'], $unbuilt['effective'], $built ),
		);
	}
	if ( null !== $built && $built < gmdate( 'Y-m-d', $stored['received'] - BUILD_AGE_LIMIT ) ) {
		return array(
			'recommended',
			__( 'The site of the privacy policy is not built any more', 'klartekst-policy-notice' ),
			// Translators: %s is a day.
			sprintf( __( 'It was last built on %s. It should be every day: a version that takes effect is shown only then, and past announcements disappear only then. Some hosts switch a schedule off when nobody changes anything for a while.', 'klartekst-policy-notice' ), $built ),
		);
	}
	return array(
		'good',
		__( 'The privacy policy is up to date', 'klartekst-policy-notice' ),
		// Translators: %s is a day and a time.
		sprintf( __( 'The announcements are from %s. They are requested every hour.', 'klartekst-policy-notice' ), $answered ),
	);
}

/**
 * Return whether visitors can read the announcements by way of the REST API; null if WordPress cannot ask itself.
 *
 * @return bool|null
 */
function is_rest_api_open() {
	$response = wp_remote_get(
		rest_url( REST_NAMESPACE . '/announcements' ),
		array(
			'timeout'   => 10,
			'sslverify' => apply_filters( 'https_local_ssl_verify', false ), // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals
		)
	);
	if ( is_wp_error( $response ) ) {
		return null;
	}
	$answer = json_decode( wp_remote_retrieve_body( $response ), true );
	return isset( $answer['announcements'] ) || 'klartekst_no_announcements' === ( $answer['code'] ?? '' );
}

/**
 * Return how the REST API is, for Site Health: a status, a heading and a text.
 *
 * @param bool|null $is_open Whether it is open, or null if that is unknown.
 * @return string[]
 */
function assess_rest_api( $is_open ) {
	if ( false === $is_open ) {
		return array(
			'recommended',
			__( 'The REST API is closed to the notices of the privacy policy', 'klartekst-policy-notice' ),
			__( 'Something on this site refuses or changes the answers below klartekst/v1. Notices and clicks take the way of admin-ajax.php instead, after a first attempt that fails. Leave these addresses open.', 'klartekst-policy-notice' ),
		);
	}
	return array(
		'good',
		__( 'The notices of the privacy policy reach members', 'klartekst-policy-notice' ),
		__( 'Notices and clicks use the REST API, and admin-ajax.php where it does not answer.', 'klartekst-policy-notice' ),
	);
}

/**
 * Run the test of the policy's site.
 *
 * @return array<string, mixed>
 */
function run_health_test() {
	return format_health_result( HEALTH_TEST, assess_policy_site( get_stored_answer( ANNOUNCEMENTS_OPTION ) ) );
}

/**
 * Run the test of the REST API.
 *
 * @return array<string, mixed>
 */
function run_rest_health_test() {
	return format_health_result( REST_HEALTH_TEST, assess_rest_api( is_rest_api_open() ) );
}

/**
 * Return the result of a test in the form of Site Health.
 *
 * @param string   $name   The name of the test.
 * @param string[] $result A status, a heading and a text.
 * @return array<string, mixed>
 */
function format_health_result( $name, $result ) {
	list( $status, $label, $text ) = $result;

	return array(
		'test'        => $name,
		'status'      => $status,
		'label'       => $label,
		'description' => '<p>' . esc_html( $text ) . '</p>',
		'badge'       => array(
			'label' => __( 'Privacy policy', 'klartekst-policy-notice' ),
			'color' => 'blue',
		),
		'actions'     => sprintf(
			'<p><a href="%s">%s</a></p>',
			esc_url( admin_url( 'options-general.php?page=' . PAGE ) ),
			esc_html__( 'Privacy policy notices', 'klartekst-policy-notice' )
		),
	);
}

/**
 * Add the tests, once there is a policy to test.
 *
 * @param array<string, array<string, mixed>> $tests The tests of Site Health.
 * @return array<string, array<string, mixed>>
 */
function add_health_test( $tests ) {
	if ( '' !== get_site_address() ) {
		$tests['direct'][ HEALTH_TEST ] = array(
			'label' => __( 'Privacy policy', 'klartekst-policy-notice' ),
			'test'  => __NAMESPACE__ . '\run_health_test',
		);

		$tests['direct'][ REST_HEALTH_TEST ] = array(
			'label' => __( 'Privacy policy notices', 'klartekst-policy-notice' ),
			'test'  => __NAMESPACE__ . '\run_rest_health_test',
		);
	}
	return $tests;
}
add_filter( 'site_status_tests', __NAMESPACE__ . '\add_health_test' );

<?php
/**
 * The settings page: the address of the policy's site, how long the record is kept, and the export.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const PAGE = 'klartekst-policy-notice';

/**
 * Return the address to store: the new one, or the old one if the new one is invalid. An address without a policy is
 * stored, with a warning. The announcements of the policy are stored too.
 *
 * @param mixed $value What was entered.
 * @return string
 */
function sanitize_setting( $value ) {
	$address = normalize_address( $value );
	if ( '' === $address && '' !== $value ) {
		add_settings_error(
			SITE_OPTION,
			'address',
			__( 'This is not an address that begins with https. Enter one like https://example.no/personvern/', 'klartekst-policy-notice' )
		);
		return get_site_address();
	}
	// WordPress calls this twice for a new setting; one warning is enough.
	if ( '' !== $address && ! get_settings_errors( SITE_OPTION ) ) {
		$document = request_announcements( $address );
		if ( null !== $document ) {
			store_announcements( $address, $document );
		} else {
			add_settings_error(
				SITE_OPTION,
				'answer',
				__( 'Saved, but no privacy policy answers at this address with valid announcements. Is it the folder that contains notice.js, and the base_url of the policy?', 'klartekst-policy-notice' ),
				'warning'
			);
		}
	}
	return $address;
}

/**
 * Register the setting and its field.
 */
function register_settings() {
	register_setting(
		PAGE,
		SITE_OPTION,
		array(
			'type'              => 'string',
			'default'           => '',
			'sanitize_callback' => __NAMESPACE__ . '\sanitize_setting',
		)
	);
	register_setting(
		PAGE,
		RETENTION_OPTION,
		array(
			'type'              => 'integer',
			'default'           => RETENTION_DEFAULT,
			'sanitize_callback' => __NAMESPACE__ . '\sanitize_retention',
		)
	);
	add_settings_section( 'site', '', '__return_empty_string', PAGE );
	add_settings_field(
		SITE_OPTION,
		__( 'Address of the privacy policy', 'klartekst-policy-notice' ),
		__NAMESPACE__ . '\print_field',
		PAGE,
		'site',
		array( 'label_for' => SITE_OPTION )
	);
	add_settings_field(
		RETENTION_OPTION,
		__( 'Months for which the record is kept', 'klartekst-policy-notice' ),
		__NAMESPACE__ . '\print_retention_field',
		PAGE,
		'site',
		array( 'label_for' => RETENTION_OPTION )
	);
}
add_action( 'admin_init', __NAMESPACE__ . '\register_settings' );

/**
 * Print the field.
 */
function print_field() {
	printf(
		'<input type="url" class="regular-text" id="%1$s" name="%1$s" value="%2$s" aria-describedby="%1$s-help"><p class="description" id="%1$s-help">%3$s</p>',
		esc_attr( SITE_OPTION ),
		esc_attr( get_site_address() ),
		esc_html__( 'The folder that contains notice.js, for example https://example.no/personvern/. Leave empty to show no notices.', 'klartekst-policy-notice' )
	);
}

/**
 * Print the field for the period.
 */
function print_retention_field() {
	printf(
		'<input type="number" class="small-text" min="1" max="%2$d" id="%1$s" name="%1$s" value="%3$d" aria-describedby="%1$s-help"><p class="description" id="%1$s-help">%4$s</p>',
		esc_attr( RETENTION_OPTION ),
		absint( RETENTION_LIMIT ),
		absint( get_retention_months() ),
		esc_html__( 'Who was shown which version when. Older records are deleted every day; your privacy policy should name the period.', 'klartekst-policy-notice' )
	);
}

/**
 * Print when the policy last answered: notices are as old as that.
 */
function print_last_answer() {
	$stored = get_stored_answer( ANNOUNCEMENTS_OPTION );
	if ( null !== $stored ) {
		// Translators: %s is a day and a time.
		$text = __( 'The announcements are from %s. They are requested every hour.', 'klartekst-policy-notice' );
		printf( '<p>%s</p>', esc_html( sprintf( $text, wp_date( 'Y-m-d H:i', $stored['received'] ) ) ) );
	}
}

/**
 * Add the page to the menu.
 */
function add_settings_page() {
	$title = __( 'Privacy policy notices', 'klartekst-policy-notice' );
	add_options_page( $title, $title, 'manage_options', PAGE, __NAMESPACE__ . '\print_settings_page' );
}
add_action( 'admin_menu', __NAMESPACE__ . '\add_settings_page' );

/**
 * Link from the list of plugins to the page.
 *
 * @param string[] $links The links below the plugin's name.
 * @return string[]
 */
function add_settings_link( $links ) {
	$link = sprintf(
		'<a href="%s">%s</a>',
		esc_url( admin_url( 'options-general.php?page=' . PAGE ) ),
		esc_html__( 'Settings', 'klartekst-policy-notice' )
	);
	return array_merge( array( $link ), $links );
}
add_filter( 'plugin_action_links_' . plugin_basename( PLUGIN_FILE ), __NAMESPACE__ . '\add_settings_link' );

/**
 * Print the page.
 */
function print_settings_page() {
	?>
	<div class="wrap">
		<h1><?php echo esc_html( get_admin_page_title() ); ?></h1>
		<form action="options.php" method="post">
			<?php
			settings_fields( PAGE );
			do_settings_sections( PAGE );
			print_last_answer();
			submit_button();
			?>
		</form>
		<h2><?php esc_html_e( 'Who was shown what', 'klartekst-policy-notice' ); ?></h2>
		<p><?php esc_html_e( 'A record of how members were informed. The file contains no names or addresses.', 'klartekst-policy-notice' ); ?></p>
		<form action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>" method="post">
			<input type="hidden" name="action" value="<?php echo esc_attr( EXPORT_ACTION ); ?>">
			<?php wp_nonce_field( EXPORT_ACTION ); ?>
			<button class="button" name="format" value="json"><?php esc_html_e( 'Export as JSON', 'klartekst-policy-notice' ); ?></button>
			<button class="button" name="format" value="csv"><?php esc_html_e( 'Export as CSV', 'klartekst-policy-notice' ); ?></button>
		</form>
	</div>
	<?php
}

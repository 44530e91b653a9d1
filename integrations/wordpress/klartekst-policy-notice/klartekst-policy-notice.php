<?php
/**
 * Plugin Name:       Klartekst Policy Notice
 * Description:       Shows members what is new in the privacy policy, and remembers which version each has seen.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            Klartekst
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       klartekst-policy-notice
 * Domain Path:       /languages
 *
 * The policy's own site publishes the announcements (api/announcements.json). This plugin keeps a checked copy of
 * them, shows them with its own copy of notice.js, and records the members' acknowledgements. It runs no code from the
 * policy's site, and members' browsers send no request to it.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const PLUGIN_FILE = __FILE__;

require_once __DIR__ . '/includes/site.php';
require_once __DIR__ . '/includes/validation.php';
require_once __DIR__ . '/includes/request.php';
require_once __DIR__ . '/includes/announcements.php';
require_once __DIR__ . '/includes/languages.php';
require_once __DIR__ . '/includes/members.php';
require_once __DIR__ . '/includes/notice.php';
require_once __DIR__ . '/includes/rest.php';
require_once __DIR__ . '/includes/ajax.php';
require_once __DIR__ . '/includes/retention.php';
require_once __DIR__ . '/includes/privacy.php';
require_once __DIR__ . '/includes/settings.php';
require_once __DIR__ . '/includes/export.php';
require_once __DIR__ . '/includes/policy-link.php';
require_once __DIR__ . '/includes/site-health.php';

add_action(
	'init',
	static function () {
		load_plugin_textdomain( 'klartekst-policy-notice', false, dirname( plugin_basename( PLUGIN_FILE ) ) . '/languages' );
	}
);

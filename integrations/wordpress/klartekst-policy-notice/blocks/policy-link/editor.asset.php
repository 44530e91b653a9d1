<?php
/**
 * The dependencies of editor.js; WordPress reads this file because of its name.
 *
 * @package Klartekst_Policy_Notice
 */

defined( 'ABSPATH' ) || exit;

return array(
	'dependencies' => array( 'wp-block-editor', 'wp-blocks', 'wp-element', 'wp-server-side-render' ),
	'version'      => '0.1.0',
);

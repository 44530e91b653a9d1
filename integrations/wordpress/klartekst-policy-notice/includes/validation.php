<?php
/**
 * The rules about api/announcements.json, the same as those of notice.js. What breaks one is not used at all: who
 * acknowledges the newest version would acknowledge one that was left out, too.
 *
 * @package Klartekst_Policy_Notice
 */

namespace Klartekst\PolicyNotice;

defined( 'ABSPATH' ) || exit;

const SCHEMA          = 2;
const DEPTH_LIMIT     = 8;
const LIST_LIMIT      = 100;
const TEXT_LIMIT      = 20000;
const URL_LIMIT       = 2000;
const VERSION_PATTERN = '/^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\z/';
const ENTRY_PATTERN   = '/^[0-9a-f]{64}\z/';
const CODE_PATTERN    = '/^[a-z]{2,3}\z/';
const ITEM_PATTERN    = '/^(-|[0-9]{1,9}\.)\z/';
const NESTING_LIMIT   = 5;
const READER_PATTERN  = '/^([a-z]{2,3}|\*)\z/';
const DAY_PATTERN     = '/^([0-9]{4})-([0-9]{2})-([0-9]{2})\z/';
const LEVELS          = array( 'minor', 'major', 'special' );
const CHANNELS        = array( 'help_centre', 'login', 'email', 'alert' );
const LABELS          = array( 'heading', 'action', 'facts', 'unchanged', 'more', 'all', 'acknowledge', 'later' );
const LINES           = array( 'summary_lines', 'action_lines' );

/**
 * Return the languages and announcements of a policy, rebuilt from the fields that notices need.
 *
 * @param string $address The address of the policy's site: everything must lead below it.
 * @param string $text    The content of its api/announcements.json.
 * @return array<string, mixed>|null Null if any of it is malformed.
 */
function parse_announcements( $address, $text ) {
	$data = json_decode( $text, false, DEPTH_LIMIT );
	if ( ! $data instanceof \stdClass || SCHEMA !== ( $data->schema ?? null ) ) {
		return null;
	}
	$languages = parse_list(
		$data->languages ?? null,
		static function ( $row ) use ( $address ) {
			return parse_language( $address, $row );
		}
	);
	if ( null === $languages || ! are_distinct( $languages, 'code' ) ) {
		return null;
	}
	$codes         = array_column( $languages, 'code' );
	$announcements = parse_list(
		$data->announcements ?? null,
		static function ( $row ) use ( $address, $codes ) {
			return parse_announcement( $address, $row, $codes );
		}
	);
	if ( null === $announcements || ! are_distinct( $announcements, 'version' ) || ! are_distinct( $announcements, 'entry' ) ) {
		return null;
	}
	// Older sites do not say when they were built. Nothing that members see depends on it.
	$built = is_day( $data->built ?? null ) ? array( 'built' => $data->built ) : array();
	return array( 'schema' => SCHEMA ) + $built + compact( 'languages', 'announcements' );
}

/**
 * Return a language, or null if it is malformed.
 *
 * @param string $address The address of the policy's site.
 * @param mixed  $row     The language as decoded.
 * @return array<string, mixed>|null
 */
function parse_language( $address, $row ) {
	$rules    = array(
		'code'    => is_like( CODE_PATTERN ),
		'readers' => is_list_of( is_like( READER_PATTERN ) ),
		'home'    => is_null_or( is_below( $address ) ),
	);
	$language = parse_fields( $row, $rules );
	$labels   = parse_fields( $row->labels ?? null, array_fill_keys( LABELS, __NAMESPACE__ . '\is_text' ) );
	return null === $language || null === $labels ? null : $language + compact( 'labels' );
}

/**
 * Return an announcement, or null if it is malformed.
 *
 * @param string   $address The address of the policy's site.
 * @param mixed    $row     The announcement as decoded.
 * @param string[] $codes   The codes of the languages.
 * @return array<string, mixed>|null
 */
function parse_announcement( $address, $row, $codes ) {
	$rules        = array(
		'version'   => is_like( VERSION_PATTERN ),
		'entry'     => is_like( ENTRY_PATTERN ),
		'level'     => is_one_of( LEVELS ),
		'channels'  => is_list_of( is_one_of( CHANNELS ) ),
		'published' => __NAMESPACE__ . '\is_day',
		'effective' => __NAMESPACE__ . '\is_day',
		'until'     => __NAMESPACE__ . '\is_day',
	);
	$announcement = parse_fields( $row, $rules );
	if ( null === $announcement || ! ( $row->languages ?? null ) instanceof \stdClass ) {
		return null;
	}
	$languages = array();
	foreach ( get_object_vars( $row->languages ) as $code => $texts ) {
		$languages[ $code ] = in_array( $code, $codes, true ) ? parse_texts( $address, $texts ) : null;
	}
	return ! $languages || in_array( null, $languages, true ) ? null : $announcement + compact( 'languages' );
}

/**
 * Return the texts of an announcement in one language, or null if they are malformed.
 *
 * @param string $address The address of the policy's site.
 * @param mixed  $texts   The texts as decoded.
 * @return array<string, mixed>|null
 */
function parse_texts( $address, $texts ) {
	$is_text = __NAMESPACE__ . '\is_text';
	$rules   = array(
		'title'            => $is_text,
		'effective_line'   => $is_text,
		'summary'          => $is_text,
		'action'           => static function ( $value ) {
			return '' === $value || is_text( $value );
		},
		'facts'            => is_list_of( $is_text ),
		'unchanged'        => is_list_of( $is_text ),
		'url'              => is_below( $address ),
		'changes_url'      => is_null_or( is_below( $address ) ),
		'announcement_url' => is_null_or( is_below( $address ) ),
		'since_url'        => is_null_or( is_below( $address ) ),
	);
	$fields  = parse_fields( $texts, $rules );
	if ( null === $fields ) {
		return null;
	}
	foreach ( LINES as $name ) {
		$fields[ $name ] = parse_list( $texts->$name ?? null, __NAMESPACE__ . '\parse_line' );
		if ( null === $fields[ $name ] ) {
			return null;
		}
	}
	return $fields['summary_lines'] ? $fields : null;
}

/**
 * Return a paragraph or an item of a list, or null if it is malformed.
 *
 * @param mixed $row The line as decoded.
 * @return array<string, mixed>|null
 */
function parse_line( $row ) {
	$rules = array(
		'text'  => __NAMESPACE__ . '\is_text',
		'item'  => is_null_or( is_like( ITEM_PATTERN ) ),
		'depth' => static function ( $value ) {
			return is_int( $value ) && $value >= 0 && $value <= NESTING_LIMIT;
		},
	);
	$line  = parse_fields( $row, $rules );
	return null === $line || ( null !== $line['item'] && 0 === $line['depth'] ) ? null : $line;
}

/**
 * Return the fields of an object that there are rules for, or null if one is missing or breaks its rule.
 *
 * @param mixed                   $value The object as decoded.
 * @param array<string, callable> $rules By field, whether a value is valid.
 * @return array<string, mixed>|null
 */
function parse_fields( $value, $rules ) {
	if ( ! $value instanceof \stdClass ) {
		return null;
	}
	$found  = get_object_vars( $value );
	$fields = array();
	foreach ( $rules as $name => $is_valid ) {
		if ( ! array_key_exists( $name, $found ) || ! $is_valid( $found[ $name ] ) ) {
			return null;
		}
		$fields[ $name ] = $found[ $name ];
	}
	return $fields;
}

/**
 * Return the parsed items of a list, or null if it is no list, is too long or holds a malformed item.
 *
 * @param mixed    $value The list as decoded.
 * @param callable $parse Returns an item, or null for a malformed one.
 * @return array<int, array<string, mixed>>|null
 */
function parse_list( $value, $parse ) {
	if ( ! is_array( $value ) || count( $value ) > LIST_LIMIT ) {
		return null;
	}
	$rows = array_map( $parse, $value );
	return in_array( null, $rows, true ) ? null : $rows;
}

/**
 * Return whether no two rows have the same value of a field.
 *
 * @param array<int, array<string, mixed>> $rows The rows.
 * @param string                           $name The field.
 * @return bool
 */
function are_distinct( $rows, $name ) {
	return count( $rows ) === count( array_unique( array_column( $rows, $name ) ) );
}

/**
 * Return whether a value is a text that says something: with a letter or a digit, without control characters.
 *
 * @param mixed $value The value.
 * @return bool
 */
function is_text( $value ) {
	return is_string( $value )
		&& mb_strlen( $value, 'UTF-8' ) <= TEXT_LIMIT
		&& 1 === preg_match( '/[\p{L}\p{N}]/u', $value )
		&& 0 === preg_match( '/(?![\n\t])\p{Cc}/u', $value );
}

/**
 * Return whether a value is a day that the calendar has.
 *
 * @param mixed $value The value.
 * @return bool
 */
function is_day( $value ) {
	return is_string( $value )
		&& preg_match( DAY_PATTERN, $value, $parts )
		&& checkdate( (int) $parts[2], (int) $parts[3], (int) $parts[1] );
}

/**
 * Return the rule that a value is a string like a pattern.
 *
 * @param string $pattern The pattern.
 * @return callable
 */
function is_like( $pattern ) {
	return static function ( $value ) use ( $pattern ) {
		return is_string( $value ) && 1 === preg_match( $pattern, $value );
	};
}

/**
 * Return the rule that a value is one of some words.
 *
 * @param string[] $words The words.
 * @return callable
 */
function is_one_of( $words ) {
	return static function ( $value ) use ( $words ) {
		return in_array( $value, $words, true );
	};
}

/**
 * Return the rule that a value is a list, not too long, of values with another rule.
 *
 * @param callable $is_valid The other rule.
 * @return callable
 */
function is_list_of( $is_valid ) {
	return static function ( $value ) use ( $is_valid ) {
		return is_array( $value ) && count( $value ) <= LIST_LIMIT && array_filter( $value, $is_valid ) === $value;
	};
}

/**
 * Return the rule that a value is null or has another rule.
 *
 * @param callable $is_valid The other rule.
 * @return callable
 */
function is_null_or( $is_valid ) {
	return static function ( $value ) use ( $is_valid ) {
		return null === $value || $is_valid( $value );
	};
}

/**
 * Return the rule that a value is the address of the policy's site or one below it.
 *
 * @param string $address The address of the policy's site.
 * @return callable
 */
function is_below( $address ) {
	return static function ( $value ) use ( $address ) {
		return is_string( $value )
			&& strlen( $value ) <= URL_LIMIT
			&& 0 === strpos( $value, $address )
			&& preg_match( '#^((?!(\.|%2e){1,2}(/|\z))[A-Za-z0-9._~%-]*/)*[A-Za-z0-9_~-]*(\#[A-Za-z0-9._~%-]*)?\z#i', substr( $value, strlen( $address ) ) );
	};
}

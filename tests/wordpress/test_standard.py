"""Rules of WordPress' coding standards that php-codesniffer lacks, checked on PHP's own tokens.

They are simpler than those of WPCS: output must be escaped where it is printed, or be a literal.
"""

import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from tests.helpers.programs import require_program

PLUGIN = Path(__file__).resolve().parents[2] / "integrations" / "wordpress" / "klartekst-policy-notice"
PHP = sorted(PLUGIN.rglob("*.php"))

_TOKENS = """echo json_encode( array_values( array_filter( array_map( fn( $t ) => is_array( $t )
    ? array( token_name( $t[0] ), $t[1] ) : array( $t, $t ), token_get_all( stream_get_contents( STDIN ) ) ),
    fn( $t ) => ! in_array( $t[0], array( 'T_WHITESPACE', 'T_COMMENT', 'T_DOC_COMMENT' ), true ) ) ) );"""
_ESCAPE_FUNCTION = re.compile(
    r"(?:esc_(?:html|attr|url|js|textarea|xml)(?:__|_e|_x)?|wp_json_encode|wp_kses(?:_post|_data)?|absint)$"
)
_LITERAL_TOKENS = {"T_CONSTANT_ENCAPSED_STRING", "T_LNUMBER", "T_DNUMBER"}
_TRANSLATE_FUNCTIONS = {
    "__",
    "_x",
    "_n",
    "esc_html__",
    "esc_html_e",
    "esc_html_x",
    "esc_attr__",
    "esc_attr_e",
    "esc_attr_x",
}
# Plugin Check and WPCS want WordPress' own functions in their place, or none.
_FORBIDDEN_FUNCTIONS = {
    *(
        "eval",
        "extract",
        "create_function",
        "base64_decode",
        "error_log",
        "var_dump",
        "var_export",
        "print_r",
    ),
    *("json_encode", "parse_url", "strip_tags", "date", "rand", "mt_rand", "mt_srand", "unlink", "rename"),
    *(
        "file_get_contents",
        "file_put_contents",
        "curl_init",
        "move_uploaded_file",
        "query_posts",
        "exec",
        "system",
    ),
    *("passthru", "shell_exec", "proc_open", "serialize", "unserialize", "ini_set", "set_time_limit"),
}
_QUERY_FUNCTIONS = {"get_col", "get_var", "get_row", "get_results", "query"}


def _tokenize(code):
    command = [require_program("php", "php-cli"), "-r", _TOKENS]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
    return [tuple(token) for token in json.loads(done.stdout)]


def _split_arguments(tokens, begin, end):
    """Return the tokens from `begin` to an `end` token of the same depth, split at commas."""
    parts, depth = [[]], 0
    for kind, text in tokens[begin:]:
        if depth == 0 and kind in end:
            break
        depth += (kind in {"(", "["}) - (kind in {")", "]"})
        if depth == 0 and kind == ",":
            parts.append([])
        else:
            parts[-1].append((kind, text))
    return parts


def _is_escaped(part):
    """Return whether everything printed is a literal or the result of an escape function."""
    depth, heads = 0, [part[0]]
    for (kind, _), token in pairwise(part):
        depth += (kind in {"(", "["}) - (kind in {")", "]"})
        if depth == 0 and kind == ".":
            heads.append(token)
    return all(
        kind in _LITERAL_TOKENS or (kind == "T_STRING" and _ESCAPE_FUNCTION.match(text))
        for kind, text in heads
    )


def find_violations(code):
    tokens = _tokenize(code)
    rules = (_check_output, _check_comparisons, _check_names, _check_requests, _check_calls)
    return [violation for place in range(len(tokens)) for rule in rules for violation in rule(tokens, place)]


def _is_call(tokens, place, names):
    return tokens[place][1] in names and tokens[place + 1 : place + 2] == [("(", "(")]


def _check_output(tokens, place):
    printed = []
    if tokens[place][0] in {"T_ECHO", "T_PRINT", "T_OPEN_TAG_WITH_ECHO"}:
        printed = _split_arguments(tokens, place + 1, {";", "T_CLOSE_TAG"})
    elif _is_call(tokens, place, {"printf", "vprintf"}):
        printed = _split_arguments(tokens, place + 2, {")"})
    return [] if all(map(_is_escaped, printed)) else ["unescaped"]


def _check_comparisons(tokens, place):
    kind = tokens[place][0]
    if kind in {"T_IS_EQUAL", "T_IS_NOT_EQUAL"}:
        return ["loose comparison"]
    if kind in {"T_IS_IDENTICAL", "T_IS_NOT_IDENTICAL"}:
        right, text = tokens[place + 1]
        constant = right in _LITERAL_TOKENS or text.lower() in {"null", "true", "false"}
        return ["no Yoda"] if constant and tokens[place - 1][0] in {"T_VARIABLE", "]", ")"} else []
    return []


def _check_names(tokens, place):
    kind, text = tokens[place]
    named = kind == "T_VARIABLE" or (kind == "T_STRING" and tokens[place - 1][0] == "T_FUNCTION")
    return ["no snake_case"] if named and not re.fullmatch(r"\$?(?:_[A-Z]+|[a-z_][a-z0-9_]*)", text) else []


def _check_requests(tokens, place):
    asked = tokens[place][1] in {"$_GET", "$_POST", "$_REQUEST", "$_COOKIE", "$_SERVER"}
    return ["no nonce"] if asked and not _has_checked_nonce(tokens[:place]) else []


def _check_calls(tokens, place):
    if _is_call(tokens, place, _QUERY_FUNCTIONS):
        prepared = ("T_STRING", "prepare") in _split_arguments(tokens, place + 2, {")"})[0][:3]
        return [] if prepared else ["no prepared statement"]
    if _is_call(tokens, place, _FORBIDDEN_FUNCTIONS):
        is_method = tokens[place - 1][0] in {"T_OBJECT_OPERATOR", "T_FUNCTION", "T_DOUBLE_COLON"}
        return [] if is_method else ["forbidden function"]
    if _is_call(tokens, place, _TRANSLATE_FUNCTIONS):
        domain = [("T_CONSTANT_ENCAPSED_STRING", "'klartekst-policy-notice'")]
        return [] if _split_arguments(tokens, place + 2, {")"})[-1] == domain else ["no text domain"]
    if _is_call(tokens, place, {"in_array"}):
        strict = _split_arguments(tokens, place + 2, {")"})[2:] == [[("T_STRING", "true")]]
        return [] if strict else ["loose comparison"]
    return []


def _has_checked_nonce(before):
    """Return whether the function around a token has checked a nonce before it."""
    begin = max((place for place, (kind, _) in enumerate(before) if kind == "T_FUNCTION"), default=0)
    return any(
        text in {"check_admin_referer", "check_ajax_referer", "wp_verify_nonce"} for _, text in before[begin:]
    )


@pytest.mark.parametrize("file", PHP, ids=lambda file: file.name)
def test_the_plugin_follows_the_rules(file):
    assert find_violations(file.read_text()) == []


@pytest.mark.parametrize("file", PHP, ids=lambda file: file.name)
def test_a_file_does_nothing_for_whoever_requests_it_directly(file):
    name = "WP_UNINSTALL_PLUGIN" if file.name == "uninstall.php" else "ABSPATH"
    text = file.read_text()
    assert text.startswith("<?php\n")
    assert f"defined( '{name}' ) || exit;" in text


@pytest.mark.parametrize(
    ("code", "violation"),
    [
        ("echo $x;", "unescaped"),
        ("echo esc_html( $x ) . $y;", "unescaped"),
        ("echo '<p>', get_the_title( esc_html( $x ) );", "unescaped"),
        ("printf( '%s', $x );", "unescaped"),
        ("?><p><?= $x ?></p><?php", "unescaped"),
        ("f( $x == 1 );", "loose comparison"),
        ("in_array( $x, $y );", "loose comparison"),
        ("f( $x === 'a' );", "no Yoda"),
        ("f( $x['a'] !== null );", "no Yoda"),
        ("$camelCase = 1;", "no snake_case"),
        ("function camelCase() {}", "no snake_case"),
        ("function a() { check_admin_referer( 'x' ); } function b() { return $_POST['x']; }", "no nonce"),
        ('$wpdb->get_var( "SELECT $x" );', "no prepared statement"),
        ("f( __( 'Words' ) );", "no text domain"),
        ("f( json_encode( $x ) );", "forbidden function"),
        ("f( date( 'Y' ) );", "forbidden function"),
        ("f( __( 'Words', 'other' ) );", "no text domain"),
    ],
)
def test_a_violation_is_found(code, violation):
    assert find_violations(f"<?php {code}") == [violation]

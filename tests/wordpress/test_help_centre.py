"""The shortcode that docs/website.md quotes for a help centre in WordPress."""

import pytest

from tests.helpers.quoted_code import read_quoted_code

pytestmark = pytest.mark.xdist_group("wordpress")

PUBLISHED_URL = "https://dinbedrift.no/personvern/"
PATH = "/personvern/api/help-centre.nb.htm"
FRAGMENT = '<section lang="nb">\n<h2><a href="https://x.example/personvern/hjelpesenter/2.0/">Endringer</a></h2>\n</section>\n'


@pytest.fixture
def shortcode(site):
    """Return a function that renders the shortcode on a Norwegian page."""
    plugin = site.wordpress.path / "wp-content" / "mu-plugins" / "policy-help-centre.php"
    code = read_quoted_code("website.md", "help-centre.php").replace(PUBLISHED_URL, site.base_url)
    port = site.policy.origin.rpartition(":")[2]
    allow = f"function ( $ports ) {{ return array( ...$ports, {port} ); }}"
    plugin.write_text(f"{code}\nadd_filter( 'http_allowed_safe_ports', {allow} );\n")
    site.wordpress.run_php("update_option( 'WPLANG', 'nb_NO' );")
    yield lambda: site.wordpress.evaluate_php("do_shortcode( '[policy_help_centre]' )")
    plugin.unlink()
    site.wordpress.run_php(
        "update_option( 'WPLANG', '' ); delete_option( 'policy_help_centre_nb' );"
        "delete_transient( 'policy_help_centre_nb' );"
    )


def _count_requests(site):
    return [path for path, _ in site.policy.requests].count(PATH)


def test_the_quoted_shortcode_shows_the_fragment_and_requests_it_once(site, shortcode):
    hostile = (
        '<script>alert(1)</script><img src=x onerror=alert(2)><form><a href="javascript:3" onclick="4">a</a>'
    )
    site.policy.serve_text(PATH, FRAGMENT + hostile)
    before = _count_requests(site)
    assert shortcode() == FRAGMENT + 'alert(1)<a href="3">a</a>'
    assert shortcode() == FRAGMENT + 'alert(1)<a href="3">a</a>'
    assert _count_requests(site) == before + 1


def test_the_shortcode_shows_the_last_answer_while_the_policy_is_unreachable(site, shortcode):
    site.policy.serve_text(PATH, FRAGMENT)
    assert shortcode() == FRAGMENT
    for answer in (("down", 500), (FRAGMENT.replace("2.0", "3.0"), 200)):
        site.policy.serve_text(PATH, answer[0], status=answer[1])
        site.wordpress.run_php("delete_transient( 'policy_help_centre_nb' );")
        shown = shortcode()
        assert shown == (FRAGMENT if answer[1] == 500 else answer[0])

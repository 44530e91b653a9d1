"""The shortcode that docs/website.md gives a help centre in WordPress, in WordPress."""

import pytest

from tests.helpers.quoted import quoted

pytestmark = pytest.mark.xdist_group("wordpress")

OURS = "https://dinbedrift.no/personvern/"
PATH = "/personvern/api/help-centre.nb.htm"
SAID = '<section lang="nb">\n<h2><a href="https://x.example/personvern/hjelpesenter/2.0/">Endringer</a></h2>\n</section>\n'


@pytest.fixture
def shortcode(site):
    """Give what the shortcode shows on a Norwegian page."""
    plugin = site.wordpress.path / "wp-content" / "mu-plugins" / "policy-help-centre.php"
    plugin.write_text(quoted("website.md", "help-centre.php").replace(OURS, site.base))
    site.wordpress.run("update_option( 'WPLANG', 'nb_NO' );")
    yield lambda: site.wordpress.value("do_shortcode( '[policy_help_centre]' )")
    plugin.unlink()
    site.wordpress.run(
        "update_option( 'WPLANG', '' ); delete_option( 'policy_help_centre_nb' );"
        "delete_transient( 'policy_help_centre_nb' );"
    )


def _asked(site):
    return [path for path, _ in site.policy.asked].count(PATH)


def test_the_quoted_shortcode_shows_the_fragment_and_asks_once(site, shortcode):
    site.policy.page(PATH, SAID + "<script>alert(1)</script>")
    before = _asked(site)
    assert shortcode() == SAID + "alert(1)"
    assert shortcode() == SAID + "alert(1)"
    assert _asked(site) == before + 1


def test_the_last_answer_stays_while_the_policy_is_away(site, shortcode):
    site.policy.page(PATH, SAID)
    assert shortcode() == SAID
    for answer in (("down", 500), (SAID.replace("2.0", "3.0"), 200)):
        site.policy.page(PATH, answer[0], status=answer[1])
        site.wordpress.run("delete_transient( 'policy_help_centre_nb' );")
        shown = shortcode()
        assert shown == (SAID if answer[1] == 500 else answer[0])

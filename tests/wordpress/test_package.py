"""The zip file of the plugin: what WordPress installs, and what its directory of plugins asks for."""

import re
import runpy
import shutil
import zipfile

import pytest

from tests.wordpress.test_words import PLUGIN

pytestmark = pytest.mark.xdist_group("wordpress")

SECTIONS = [
    "Description",
    "Installation",
    "Frequently Asked Questions",
    "External services",
    "What is stored",
]
ALLOWED = {".php", ".js", ".json", ".txt", ".mo", ".pot", ""}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    path = tmp_path_factory.mktemp("package") / "klartekst-policy-notice.zip"
    runpy.run_path(str(PLUGIN.parent / "build_plugin.py"))["pack_plugin"](path)
    return path


def test_the_zip_file_has_one_folder_with_every_file_of_the_plugin(package):
    names = zipfile.ZipFile(package).namelist()
    files = {path.relative_to(PLUGIN.parent).as_posix() for path in PLUGIN.rglob("*") if path.is_file()}
    assert set(names) == files
    assert len(names) == len(files)
    assert [name for name in names if "/." in name] == []
    assert {path.suffix for path in PLUGIN.rglob("*") if path.is_file()} <= ALLOWED


def test_the_same_files_give_the_same_bytes(package, tmp_path):
    copy = tmp_path / "again" / package.name
    runpy.run_path(str(PLUGIN.parent / "build_plugin.py"))["pack_plugin"](copy)
    assert copy.read_bytes() == package.read_bytes()


def test_wordpress_installs_and_activates_the_zip_file(site, package):
    installed = site.wordpress.path / "wp-content" / "plugins" / PLUGIN.name
    kept = site.wordpress.path / "kept"
    shutil.move(installed, kept)
    try:
        result = site.wordpress.run_php(
            "require_once ABSPATH . 'wp-admin/includes/admin.php';"
            "require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';"
            "add_filter( 'filesystem_method', function () { return 'direct'; } );"
            "$upgrader = new Plugin_Upgrader( new Automatic_Upgrader_Skin() );"
            f"echo wp_json_encode( $upgrader->install( '{package}' ) ), ' ', $upgrader->plugin_info();"
        )
        assert result == f"true {PLUGIN.name}/{PLUGIN.name}.php"
        site.announce("2.0")
        site.log_in("emma").get_by_role("dialog").wait_for()
    finally:
        shutil.rmtree(installed, ignore_errors=True)
        shutil.move(kept, installed)


def test_the_readme_has_what_the_directory_of_plugins_asks_for():
    readme = (PLUGIN / "readme.txt").read_text()
    main = (PLUGIN / f"{PLUGIN.name}.php").read_text()
    headers = dict(re.findall(r"^([A-Z][A-Za-z ]+): (.+)$", readme.partition("\n\n")[0], re.MULTILINE))
    ours = dict(re.findall(r"^ \* ([A-Z][A-Za-z ]+): +(.+)$", main, re.MULTILINE))
    assert readme.startswith(f"=== {ours['Plugin Name']} ===\n")
    assert headers["Stable tag"] == ours["Version"]
    for name in ("Requires at least", "Requires PHP", "License", "License URI"):
        assert headers[name] == ours[name]
    assert {"Contributors", "Tags", "Tested up to"} <= set(headers)
    assert len(headers["Tags"].split(",")) <= 5
    assert ours["Text Domain"] == PLUGIN.name
    short = readme.split("\n\n")[1]
    assert len(short) <= 150
    assert re.findall(r"^== (.+) ==$", readme, re.MULTILINE) == [*SECTIONS, "Changelog", "Upgrade Notice"]
    assert f"= {ours['Version']} =" in readme
    assert len(readme) < 10_000

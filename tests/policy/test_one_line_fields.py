"""Titles and names are one line, whatever YAML they are written in; addresses have a strict alphabet."""

from __future__ import annotations

import json
import re

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from generator.build_options import PROJECT
from generator.page_models import Feed
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from policy.checks import check_policy
from policy.checks.context import PolicyCheckContext
from policy.document import render_document
from policy.loader import load_policy
from tests.helpers.factories import POLICY_YAML, policy_files, property_settings

_TITLE = "title: {nb: Personvernerklæring, en: Privacy policy}\n"
_BAD_ADDRESSES = (
    *(
        "blåbær@example.no",
        "post@blåbær.no",
        '"a b"@example.no',
        "a..b@example.no",
        ".a@example.no",
        "a.@example.no",
    ),
    *(
        "a@example..no",
        "a@-x.no",
        "a@[127.0.0.1]",
        "a@b@c.no",
        "a@example.no\\nBcc: x@x.no",
        "a\\u202e@example.no",
    ),
    *("x" * 65 + "@example.no", "a@" + ".".join(["x" * 60] * 6), "=?utf-8?q?a?=(x)@example.no"),
)
_renderer = Renderer(TemplateFiles(PROJECT / "templates"))


def _load(title: str, more: str = ""):
    text = POLICY_YAML.replace(_TITLE, f"title:\n{title}") + more
    return load_policy(policy_files({"policy.yaml": text}))


@pytest.mark.parametrize(
    "title",
    [
        "  nb: >\n    Personvern\n    for alle\n  en: >\n    Privacy\n",
        "  nb: |\n    Personvern\n    for alle\n  en: |+\n    Privacy\n\n\n",
        '  nb: "Personvern\\n\\tfor alle "\n  en: " Privacy\\n"\n',
    ],
)
def test_a_line_end_in_a_title_is_one_space(title):
    assert _load(title).settings.title.by_locale == (("nb", "Personvern for alle"), ("en", "Privacy"))


def test_a_no_break_space_in_a_title_stays():
    assert _load('  nb: "20\u00a0000"\n  en: "20\u00a0000"\n').settings.title.get_text("nb") == "20\u00a0000"


@pytest.mark.parametrize("words", [" ", "\\n", "\\u00a0", "x" * 501])
def test_a_title_that_is_empty_or_endless_is_reported_where_it_is(words):
    with pytest.raises(InputError) as error:
        _load(f'  nb: "{words}"\n  en: Privacy\n')
    (line,) = str(error.value).splitlines()
    assert line.startswith("content/policy.yaml:2:")


@pytest.mark.parametrize(
    "settings",
    [
        'dpo: {name: "Kari\\nNordmann", phone: "1\\n2"}\n',
        'authority: {name: "Data\\ntilsynet"}\n',
        'accepted: [{rule: "no-\\nauthority", reason: "a\\nb", until: 2026-12-31}]\n',
    ],
)
def test_no_name_of_the_settings_has_a_second_line(settings):
    loaded = load_policy(policy_files({"policy.yaml": POLICY_YAML + settings})).settings
    assert "\\n" not in repr((loaded.dpo, loaded.authority, loaded.accepted))


def test_a_section_title_is_one_line_even_if_it_names_an_address_of_two():
    settings = POLICY_YAML.replace("{name: SMB", '{address: "Gata 1\\n0150 Oslo", name: SMB')
    section = '---\ntitle: "Skriv til\\n{{ controller.address }}"\n---\nHei.\n'
    policy = load_policy(policy_files({"policy.yaml": settings, "nb/01-om.md": section}))
    assert render_document(policy, "nb").sections[0].title == "Skriv til Gata 1 0150 Oslo"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@property_settings
def test_every_title_that_is_accepted_gives_a_feed_that_is_well_formed(words):
    quoted = json.dumps(words)
    try:
        title = _load(f"  nb: {quoted}\n  en: {quoted}\n").settings.title.get_text("nb")
    except InputError:
        return
    assert "\n" not in title
    feed = Feed(
        "tag:example.no,2026-01-05:/nb",
        title,
        title,
        "https://example.no/f",
        "https://example.no/",
        "2026-01-01T00:00:00Z",
        [],
    )
    parsed = fromstring(_renderer.render_xml("feed.xml.j2", "nb", feed=feed))
    name = parsed.find("{http://www.w3.org/2005/Atom}author/{http://www.w3.org/2005/Atom}name")
    assert name is not None
    assert name.text == title


def test_no_feed_has_a_character_that_xml_forbids_even_if_it_got_past_every_other_rule():
    words = "a\ufffe\x1b\x00\ud800b"
    feed = Feed(
        "tag:example.no,2026-01-05:/nb",
        words,
        words,
        "https://example.no/f",
        "https://example.no/",
        "2026-01-01T00:00:00Z",
        [],
    )
    xml = _renderer.render_xml("feed.xml.j2", "nb", feed=feed)
    assert "a[U+FFFE][U+001B][U+0000][U+D800]b" in (fromstring(xml).findtext("*") or "")


@pytest.mark.parametrize("address", _BAD_ADDRESSES)
@pytest.mark.parametrize("key", ["controller", "from", "reply_to", "bounce", "dpo"])
def test_an_address_that_some_relay_refuses_is_reported(address, key):
    quoted = '"' + address.replace('"', '\\"') + '"'
    text = (
        POLICY_YAML
        + {
            "controller": "",
            "from": f"mail: {{from: {quoted}}}\n",
            "reply_to": f"mail: {{from: a@b.no, reply_to: {quoted}}}\n",
            "bounce": f"mail: {{from: a@b.no, bounce: {quoted}}}\n",
            "dpo": f"dpo: {{email: {quoted}}}\n",
        }[key]
    )
    if key == "controller":
        text = text.replace("email: post@example.no", f"email: {quoted}")
    with pytest.raises(InputError) as error:
        load_policy(policy_files({"policy.yaml": text}))
    (line,) = str(error.value).splitlines()
    assert "not an e-mail address" in line


@pytest.mark.parametrize(
    "address", ["post@example.no", "Kari.O'Nordmann+a_b@xn--blbr-roah.no", "a@localhost"]
)
def test_an_ordinary_address_is_accepted(address):
    text = POLICY_YAML + f'mail: {{from: "{address}"}}\n'
    settings = load_policy(policy_files({"policy.yaml": text})).settings
    assert settings.mail
    assert settings.mail.from_ == address


@pytest.mark.parametrize(
    "more",
    [
        {"policy.yaml": POLICY_YAML.replace("SMB Norge", '"SMB \\u202eNorge"')},
        {"facts/recipients.yaml": '- {id: a, name: "Tryk\\xadkeri", country: NO}\n'},
        {"nb/01-om.md": '---\ntitle: "Om\\e oss"\n---\nHei.\n'},
        {"changes/a.yaml": 'level: minor\ntitle: "a\\uFFFEb"\nsummary: {nb: Ny, en: New}\n'},
    ],
)
def test_a_character_that_nobody_sees_is_found_behind_an_escape_of_yaml(more):
    files = policy_files(more)
    findings = check_policy(PolicyCheckContext(load_policy(files), files))
    (found,) = (finding for finding in findings if finding.rule == "invisible-character")
    assert found.location.path == f"content/{next(iter(more))}"
    assert re.search(r"U\+(202E|00AD|001B|FFFE)", str(found.message))


def test_a_code_point_that_an_editor_writes_about_is_no_finding():
    files = policy_files({"nb/01-om.md": "---\ntitle: Om [U+202E]\n---\nHei.\n"})
    findings = check_policy(PolicyCheckContext(load_policy(files), files))
    assert not [finding for finding in findings if finding.rule == "invisible-character"]

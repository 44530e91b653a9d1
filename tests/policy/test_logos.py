"""A logo is a picture and nothing else, or it is not published."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.findings import ContentError
from policy.loader import load_policy
from policy.logos import LogoError, LogoFile, measure_logo
from tests.helpers.factories import POLICY_YAML, policy_files, property_settings

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 48">{}</svg>'
DRAWING = '<g fill="#222"><path d="M0 0h9v9z" style="fill:#c00"/><title>Eksempel</title></g>'
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
HOSTILE = {
    "script": SVG.format("<script>alert(1)</script>"),
    "event": SVG.format('<path d="M0 0" onload="alert(1)"/>'),
    "event of the root": SVG.replace("viewBox", 'onload="alert(1)" viewBox'),
    "foreign": SVG.format('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
    "other namespace": SVG.format('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'),
    "prefixed script": SVG.format('<a:script xmlns:a="http://www.w3.org/2000/svg">alert(1)</a:script>'),
    "picture": SVG.format('<image href="https://example.no/a.png"/>'),
    "link": SVG.format('<a href="javascript:alert(1)"><path d="M0 0"/></a>'),
    "use": SVG.format('<g id="a"/><use href="#a"/>'),
    "use of another file": SVG.format(f'<use {XLINK} xlink:href="https://example.no/a.svg#b"/>'),
    "gradient elsewhere": SVG.format('<linearGradient href="https://example.no/a.svg#b"/>'),
    "animation": SVG.format('<path d="M0 0"><animate attributeName="href"/></path>'),
    "style sheet": SVG.format("<style>@import 'https://example.no/a.css'</style>"),
    "address in a style": SVG.format('<path style="fill:url(https://example.no/a.svg#b)"/>'),
    "quoted address": SVG.format("<path fill=\"url('https://example.no/a.svg#b')\"/>"),
    "escape in a style": SVG.format(r'<path style="fill:\75rl(//example.no)"/>'),
    "document type": '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<title>&a;</title>"),
    "style sheet before": '<?xml-stylesheet href="https://example.no/a.css"?>' + SVG.format(""),
    "another encoding": '<?xml version="1.0" encoding="utf-7"?>' + SVG.format(""),
    "nested drawing": SVG.format(SVG.format("")),
    "deep": SVG.format("<g>" * 40 + "</g>" * 40),
    "many parts": SVG.format("<g/>" * 2001),
    "half": SVG.format("")[:-3],
    "no size": SVG.replace('viewBox="0 0 240 48"', ""),
    "endless": SVG.replace("240", "24000000"),
    "page": "<html><body>Hei</body></html>",
}


def _chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int = 20, height: int = 10, more: bytes = b"") -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(b"\0" * ((width + 1) * height)))
    return b"\x89PNG\r\n\x1a\n" + header + more + pixels + _chunk(b"IEND")


@pytest.mark.parametrize(
    ("drawing", "size"),
    [
        (SVG.format(DRAWING), (240, 48)),
        (SVG.replace('viewBox="0 0 240 48"', 'width="120px" height="40.4"').format(DRAWING), (120, 40)),
        (SVG.format(f'<defs><linearGradient {XLINK} id="b" xlink:href="#a"/></defs>'), (240, 48)),
        (SVG.format('<path clip-path="url(#a)" fill="url(#b)"/>'), (240, 48)),
        ('<?xml version="1.0" encoding="UTF-8"?><!-- Tegnet av oss -->' + SVG.format(DRAWING), (240, 48)),
    ],
)
def test_a_drawing_is_measured(drawing, size):
    assert measure_logo(LogoFile.SVG, drawing.encode()) == size


@pytest.mark.parametrize("drawing", HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_more_than_a_drawing_is_refused(drawing):
    with pytest.raises(LogoError):
        measure_logo(LogoFile.SVG, drawing.encode())


def test_a_png_is_measured():
    assert measure_logo(LogoFile.PNG, _png()) == (20, 10)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        _png()[:-1],
        _png() + b"x",
        _png() + _png(),
        _png()[:20] + b"x" + _png()[21:],
        _png(more=_chunk(b"acTL")),
        _png(5000, 1),
        SVG.format("").encode(),
        b"GIF89a",
    ],
)
def test_a_damaged_or_moving_png_is_refused(data):
    with pytest.raises(LogoError):
        measure_logo(LogoFile.PNG, data)


@pytest.mark.parametrize("name", LogoFile)
def test_a_large_file_is_refused(name):
    with pytest.raises(LogoError, match="64 KiB"):
        measure_logo(name, b"<" * (64 * 1024 + 1))


@property_settings
@given(name=st.sampled_from(LogoFile), data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_measured_or_refused(name, data):
    for start in (b"", SVG.format("").encode()[:-6], _png()[:-12]):
        with suppress(LogoError):
            assert min(measure_logo(name, start + data)) >= 1


BRAND = POLICY_YAML + "brand: {logo: logo.svg}\n"


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        ({"policy.yaml": BRAND}, "content/logo.svg:1:1: the file is missing; put it beside policy.yaml, or "),
        ({"logo.png": "x"}, "content/logo.png:1:1: nothing uses this logo; write 'logo: logo.png' below "),
        (
            {"policy.yaml": BRAND, "logo.svg": HOSTILE["script"]},
            "content/logo.svg:1:1: the drawing has '<script>', which a logo may not have (line 1); ",
        ),
        ({"policy.yaml": POLICY_YAML + "brand: {logo: bilde.gif}\n"}, "content/policy.yaml:5:15: "),
        (
            {"policy.yaml": POLICY_YAML + "brand: {colour: blue}\n"},
            'content/policy.yaml:5:17: not a colour; write it like "#0b5394", in quotes, with six ',
        ),
    ],
)
def test_a_wrong_brand_is_one_finding(more, finding):
    with pytest.raises(ContentError) as caught:
        load_policy(policy_files(more))
    (found,) = caught.value.findings
    location = f"{found.location.path}:{found.location.line}:{found.location.column}"
    assert f"{location}: {found.message}; {found.hint}".startswith(finding)


def test_a_policy_has_the_logo_that_it_names():
    drawing = SVG.format(DRAWING)
    policy = load_policy(policy_files({"policy.yaml": BRAND, "logo.svg": drawing}))
    assert policy.logo == drawing.encode()

"""The logo of an organisation: which files are one, and how large it is drawn.

A logo is published as it is, so it must be a picture and nothing else. An SVG has only elements and
attributes that draw; a script, an address or a style sheet in it is refused, not removed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from common.messages import Message
from policy.findings import Finding, Location

MAX_LOGO_BYTES = 64 << 10
_MAX_PIXELS = 4096  # on each side
_MAX_ELEMENTS = 2000
_MAX_DEPTH = 32
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SVG = "http://www.w3.org/2000/svg"
_NAMES_OF_ELEMENTS = """
svg g defs title desc path rect circle ellipse line polyline polygon text tspan clipPath linearGradient
radialGradient stop
"""
_ELEMENTS = frozenset(_NAMES_OF_ELEMENTS.split())
# Gradients alone refer to each other: an element that repeats another can do so a million times.
_REFERRING_ELEMENTS = {"linearGradient", "radialGradient"}
_REFERENCES = {"href", "http://www.w3.org/1999/xlink href"}
_NAMES_OF_ATTRIBUTES = """
id class version baseProfile width height viewBox preserveAspectRatio x y x1 y1 x2 y2 cx cy r rx ry fx
fy d points pathLength transform fill fill-opacity fill-rule stroke stroke-width stroke-opacity
stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color
clip-path clip-rule clipPathUnits gradientUnits gradientTransform spreadMethod offset stop-color
stop-opacity font-family font-size font-weight font-style letter-spacing text-anchor dx dy style
shape-rendering role aria-label display visibility vector-effect paint-order
"""
_ATTRIBUTES = frozenset(_NAMES_OF_ATTRIBUTES.split())
_XML_ATTRIBUTES = {"http://www.w3.org/XML/1998/namespace space", "http://www.w3.org/XML/1998/namespace lang"}
# What a value may not contain: an address, or a way to write one that looks like something else.
_ADDRESS = re.compile(r"url\(\s*(?!#)|@|\\|//|:\s*expression|javascript:|data:", re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(?:px)?")


class LogoFile(StrEnum):
    """The file names that a logo may have; the ending says what it is."""

    SVG = "logo.svg"
    PNG = "logo.png"


class LogoSize(NamedTuple):
    """Width and height of a logo, in pixels or in the units of its drawing."""

    width: int
    height: int


class LogoError(Exception):
    """Says what is wrong with a logo and what to do."""

    def __init__(self, message: Message, hint: Message) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint


def find_logo_problems(
    files: Mapping[str, bytes], chosen: LogoFile | None, reported: Collection[str]
) -> Iterator[Finding]:
    """Yield a finding for a logo that is missing, unused or no mere picture; `reported` paths have one."""
    for name in LogoFile:
        path = f"content/{name}"
        if name is not chosen:
            if path in files:
                hint = Message("write 'logo: {name}' below 'brand' in policy.yaml, or remove it", name=name)
                yield Finding(Location(path), Message("nothing uses this logo"), hint)
        elif path in files:
            try:
                measure_logo(name, files[path])
            except LogoError as error:
                yield Finding(Location(path), error.message, error.hint)
        elif path not in reported:
            hint = Message("put it beside policy.yaml, or take 'logo' out of 'brand'")
            yield Finding(Location(path), Message("the file is missing"), hint)


@lru_cache(maxsize=8)
def measure_logo(name: LogoFile, data: bytes) -> LogoSize:
    """Return the size of a logo. Raise LogoError unless it is a harmless picture of its kind.

    The cache needs no invalidation: its key is the complete input. Most revisions have the same logo.
    """
    if len(data) > MAX_LOGO_BYTES:
        raise LogoError(
            Message("the logo is larger than 64 KiB"), Message("save a simpler or smaller picture")
        )
    return _measure_svg(data) if name is LogoFile.SVG else _measure_png(data)


def _measure_png(data: bytes) -> LogoSize:
    """Return the size of a PNG whose chunks are whole and end with the file (PNG, 3rd edition, §5)."""
    damaged = LogoError(Message("this is not a whole PNG picture"), Message("save it as PNG once more"))
    if not data.startswith(_PNG_SIGNATURE):
        raise damaged
    kinds, position = [], len(_PNG_SIGNATURE)
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        end = position + 12 + length
        kind_and_body, code = data[position + 4 : end - 4], data[end - 4 : end]
        if end > len(data) or zlib.crc32(kind_and_body).to_bytes(4, "big") != code:
            raise damaged
        kinds.append(kind_and_body[:4])
        position = end
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds or kinds.count(b"IEND") > 1:
        raise damaged
    if b"acTL" in kinds:
        raise LogoError(Message("the picture moves"), Message("save it as a PNG without animation"))
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return _limit_size(width, height)


def _measure_svg(data: bytes) -> LogoSize:
    reader = _SvgReader()
    try:
        reader.read(data)
    except expat.ExpatError as error:
        message = Message("this is not a whole SVG drawing (line {line})", line=error.lineno)
        raise LogoError(message, Message("save it as SVG once more")) from None
    return reader.measure()


def _limit_size(width: float, height: float) -> LogoSize:
    if not (1 <= width <= _MAX_PIXELS and 1 <= height <= _MAX_PIXELS):
        message = Message("the sides of the logo are not between 1 and {count} pixels", count=_MAX_PIXELS)
        raise LogoError(message, Message("save it in another size"))
    return LogoSize(max(1, round(width)), max(1, round(height)))


class _SvgReader:
    """Reads an SVG with expat, and refuses it at the first thing that is no drawing."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartElementHandler = self._start_element
        self._parser.EndElementHandler = self._end_element
        self._parser.XmlDeclHandler = self._start_document
        self._parser.StartDoctypeDeclHandler = lambda *_: self._refuse("<!DOCTYPE>")
        self._parser.ProcessingInstructionHandler = lambda target, _: self._refuse(f"<?{target}?>")
        self._root: dict[str, str] = {}
        self._element_count = self._depth = 0

    def read(self, data: bytes) -> None:
        """Read all of it. Raise LogoError, or ExpatError if it is not well-formed."""
        self._parser.Parse(data, True)  # noqa: FBT003 - takes no keyword

    def measure(self) -> LogoSize:
        """Return the size of the drawing, from its view box or else from its width and height."""
        box = self._root.get("viewBox", "").replace(",", " ").split()
        sides = box[2:] or [self._root.get("width", ""), self._root.get("height", "")]
        numbers = [_NUMBER.fullmatch(side) for side in sides]
        if len(numbers) != len(LogoSize._fields) or not all(numbers):
            message = Message("the drawing does not say how large it is")
            raise LogoError(message, Message("save it with a viewBox, or with a width and a height"))
        width, height = (float(number[1]) for number in numbers if number)
        return _limit_size(width, height)

    def _start_document(self, _: str, encoding: str | None, __: int) -> None:
        # A browser that reads other letters than we do may read other elements.
        if encoding and encoding.lower() != "utf-8":
            self._refuse(encoding)

    def _start_element(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self._element_count += 1
        self._depth += 1
        if self._element_count > _MAX_ELEMENTS or self._depth > _MAX_DEPTH:
            raise LogoError(Message("the drawing has too many parts"), Message("save a simpler drawing"))
        is_root = self._element_count == 1
        if namespace != _SVG or local not in _ELEMENTS or is_root != (local == "svg"):
            self._refuse(f"<{local}>")
        for key, value in attributes.items():
            is_reference = key in _REFERENCES and local in _REFERRING_ELEMENTS and value.startswith("#")
            if not (is_reference or key in _ATTRIBUTES or key in _XML_ATTRIBUTES):
                self._refuse(key.rpartition(" ")[2])
            if _ADDRESS.search(value):
                self._refuse(f'{key}="{value[:40]}"')
        if is_root:
            self._root = attributes

    def _end_element(self, _: str) -> None:
        self._depth -= 1

    def _refuse(self, part: str) -> None:
        raise LogoError(
            Message("the drawing has '{part}', which a logo may not have (line {line})",
                    part=part, line=self._parser.CurrentLineNumber),
            Message("save it as plain SVG with presentation attributes, without scripts, styles, links and "
                    "pictures inside"),
        )  # fmt: skip

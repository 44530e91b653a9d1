"""Changes valid files as a stranger might: bytes, lines, parts of other files, repeated and nested signs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

_SIGNS = (
    b"[", b"]", b"[^", b"^[", b"(", b"{{ ", b" }}", b"{", b"}", b"<", b">", b"> ", b"- ", b"1. ", b"*", b"**",
    b"_", b"`", b"```\n", b"|", b"|-",
    b"\n", b"\r", b"\t", b" ", b": ", b"#", b"\\", b"&", b"&#x0;",
    b"&#xD800;", b"&amp;", b"!",
    b"'", b'"', b"---\n", b"...\n", b"? ", b"*a ", b"&a ", b"!!int ", b"~", b"null",
    b"%", b"@", b",", b";", b"=", b"\x00", b"\x1b[0m", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xe2\x80\xae",
    b"\xed\xa0\x80", b"\xcc\x81", b"\xf0\x9f\x98\x80", b"0", b"-1", b"9999999999999999999999", b"1e999",
    b"NaN",
    b"Infinity", b"2026-02-30", b"0000-00-00", b"9999-12-31", b"P99999D", b"Feb 29 ", b"true", b"<![CDATA[",
    b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"../", b"20. juli ",
)  # fmt: skip
_MAX_BYTES = 20_000


def mutate(seeds: Sequence[bytes], random: Random) -> bytes:
    """Return arbitrary bytes now and then, and otherwise a valid file with some changes."""
    if random.random() < 0.05:
        return random.randbytes(random.randrange(200))
    data = bytearray(random.choice(seeds))
    for _ in range(random.choice((1, 1, 2, 3, 5, 12))):
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.choice((0, 1, 2, 8, 40, 400)))
        match random.randrange(7):
            case 0:
                data[start:end] = b""
            case 1:
                data[start:end] = random.choice(_SIGNS) * random.choice((1, 1, 2, 7, 60, 1500))
            case 2:
                other = random.choice(seeds)
                data[start:start] = other[random.randrange(len(other) + 1) :][:400]
            case 3:
                data[start:end] = bytes(data[start:end]) * random.choice((2, 3, 100))
            case 4:
                lines = bytes(data).split(b"\n")
                random.shuffle(lines)
                data = bytearray(b"\n".join(lines))
            case 5 if data:
                data[start % len(data)] ^= 1 << random.randrange(8)
            case _:
                data[start:end] = random.choice(_SIGNS) + random.choice(_SIGNS) + random.choice(_SIGNS)
        del data[_MAX_BYTES:]
    return bytes(data)

"""The files of `content/timestamps/`: answers of time stamp authorities (docs/reference/content.md).

What they prove is verified elsewhere; here they are only told from damaged or misplaced files.
"""

from __future__ import annotations

import re

# The day of an entry of the log, and the first digits of its hash.
TIME_STAMP_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{16}\.tsr", re.ASCII)
TIME_STAMP_FOLDER = "content/timestamps/"
MAX_TIME_STAMP_BYTES = 4 + 0xFFFF
_SEQUENCE_WITH_TWO_BYTES_OF_LENGTH = b"\x30\x82"


def looks_like_time_stamp(data: bytes) -> bool:
    """Whether bytes are one sequence in DER, of 256 bytes to 64 KiB, as every answer with a token is."""
    return (
        data.startswith(_SEQUENCE_WITH_TWO_BYTES_OF_LENGTH)
        and int.from_bytes(data[2:4], "big") == len(data) - 4
    )

"""How much of an input is taken in at once. Articles stay far below; what is beyond is named and passed over."""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

RECORD: Final = 32 * MIB
"""Bytes of one line, JSON object, table cell or file name list entry."""
FILE: Final = 64 * MIB
"""Bytes of a file that is one piece: a text, a feed, a saved page with its pictures, a JSON object."""
PAGE: Final = 16 * MIB
"""Bytes of a web page."""
ELEMENTS: Final = 50_000
"""Elements of a web page."""
ROWS: Final = 500
"""Rows of a table, or entries of a list, in a web page; extraction takes the square of their number in time."""
ARTICLE: Final = 1_000_000
"""Characters of one article: some 170,000 words."""
FREE_OUTPUT: Final = 32 * MIB
"""Bytes that come out of a compressed input before its ratio is looked at."""
RATIO: Final = 200
"""Bytes that may come out for each byte of a compressed input. News text is near 5, tables near 20."""
TOTAL: Final = 64 * 1024 * MIB
"""Bytes that may come out of one compressed input or archive."""
UNPACKING_MEMORY: Final = 128 * MIB
"""Bytes of memory that unpacking may take; xz takes 65 MiB at its highest usual level."""
ARCHIVES_DEEP: Final = 3
"""Archives inside each other that are opened."""
SAME_REASON: Final = 20
"""Places of one input that are named for the same reason; the others are counted."""
NAMED: Final = 1_000
"""Places of one input that are named at all; the others are counted."""
HOPELESS: Final = 100
"""Bad records at the start of an input, without a good one, after which the rest is left alone."""


def size(count: int) -> str:
    """A limit as people write it: `32 MB`."""
    return f"{count // MIB} MB"

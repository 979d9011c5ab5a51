"""How this package writes its lists of words: as text, one function to read them."""

from __future__ import annotations


def listed(text: str) -> frozenset[str]:
    """The words of a list written with white space between them."""
    return frozenset(text.split())

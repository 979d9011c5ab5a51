"""Readable ids."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_SLUG = 80


def slug(text: str) -> str:
    """A readable id of ASCII letters, digits, hyphens and underscores: "Die Welt: Neues" is "die-welt-neues".

    Texts without any such letter get a short digest. At most 80 characters.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    short = re.sub(r"[^a-z0-9_]+", "-", plain.lower())[:MAX_SLUG].strip("-")
    return short if re.search(r"[a-z0-9]", short) else digest(text)


def digest(text: str) -> str:
    """Eight hexadecimal characters that stand for the text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]

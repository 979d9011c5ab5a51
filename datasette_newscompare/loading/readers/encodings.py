"""Bytes to text: what the bytes themselves say, UTF-8 first, then what was declared, then what it looks like."""

from __future__ import annotations

import codecs
import re

SAMPLE = 256 * 1024
FEW = 24
"""Bytes beyond ASCII that a guess at the encoding needs at least."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HTML_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
XML_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class NotText(ValueError):
    """Bytes that no encoding makes text of."""


def decode(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """The text, and the encoding it was read in where that is not UTF-8 and was only guessed.

    `declared` is what a header said. Raises NotText for binary data.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A text cut in the middle of its last character is UTF-8 all the same.
        if error.start >= len(data) - 3 and error.start > FEW:
            return data[: error.start].decode("utf-8"), None
    else:
        if "\x00" in text[:SAMPLE]:
            raise NotText
        return text, None
    if len(NOT_TEXT.findall(data[:8192])) > len(data[:8192]) // 100:
        raise NotText
    if declared:
        # "iso-8859-1" and "ascii" mean windows-1252 on the web: https://encoding.spec.whatwg.org/#names-and-labels
        name = _canonical(declared)
        if name not in (None, "utf-8", "utf-16", "utf-32"):
            return data.decode("cp1252" if name in ("iso8859-1", "ascii") else name or "", "replace"), None
        if name == "utf-8":
            return data.decode("utf-8", "replace"), "UTF-8 with errors"
    guess = guess_encoding(data)
    return data.decode(guess, "replace"), guess


def declared_in(data: bytes) -> str | None:
    """The encoding that an HTML or XML document names in its first 4,096 bytes."""
    found = XML_DECLARED.search(data[:4096]) or HTML_DECLARED.search(data[:4096])
    return found[1].decode("ascii") if found else None


def guess_encoding(data: bytes) -> str:
    """A name that Python knows for the likeliest encoding. Raises NotText where nothing is likely."""
    from charset_normalizer import from_bytes

    sample = data[:SAMPLE]
    if sum(byte > 127 for byte in sample[: 4 * FEW * 16]) < FEW and _decodes(sample, "cp1252"):
        return "cp1252"  # too little to tell; most of what is not UTF-8 is this
    best = from_bytes(sample).best()
    if best is None:
        raise NotText
    return str(best.encoding)


def _canonical(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

"""What kind of input some bytes are, where no name tells."""

from __future__ import annotations

import io
import re

from .streams import utf8

FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b")
PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|article)\b", re.IGNORECASE)


def kind_of_bytes(data: io.BufferedReader) -> str | None:
    """The kind of what comes from a stream, which is only looked at; None where it may be anything."""
    start = utf8(data).peek(4096)[:4096] if data.peek(4)[:2] not in (b"\xff\xfe", b"\xfe\xff") else b""
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if start.startswith(b"WARC/"):
        return "warc"
    if start[257:262] == b"ustar":
        return "tar"
    if start.startswith((b"[", b"{")):
        return "json"
    if FEED.search(start):
        return "feed"
    if PAGE.search(start):
        return "html"
    if re.match(rb"https?://\S+\s*(?:\n|$)", start):
        return "urls"
    return None

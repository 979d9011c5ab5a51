"""Web archives (WARC and ARC), by warcio: the pages in them, one record after another."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...records import Article
from ...settings import ReadSettings
from . import limits
from .documents import MEDIA_TYPES, Document
from .pages import read_page
from .problems import CannotRead, LibraryMissing, Problem
from .streams import buffered, check_whole, read_all

logging.getLogger("warcio").addHandler(logging.NullHandler())


def read_warc(document: Document, settings: ReadSettings) -> Iterator[Article | Problem]:
    """Read the articles of the pages in a web archive; what is no page, or no answer with status 200, is passed over.

    Raises CannotRead where the archive is damaged; what stood before that was yielded.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        raise LibraryMissing("web archives", "warcio") from None
    number = 0
    if not document.data.peek(64).lstrip().startswith((b"WARC/", b"filedesc:")):
        raise CannotRead("this is no web archive (WARC or ARC); its first words are not those of one")
    try:
        for record in ArchiveIterator(document.data, arc2warc=True):
            number += 1
            url = record.rec_headers.get_header("WARC-Target-URI")
            media_type, charset = _media_type(record)
            if record.rec_type not in ("response", "resource") or MEDIA_TYPES.get(media_type) != "html":
                continue
            if record.http_headers is not None and record.http_headers.get_statuscode() != "200":
                continue
            place = f"{document.place}#{number} {url or ''}".rstrip()
            try:
                data = read_all(record.content_stream(), limits.PAGE)
                if getattr(record.raw_stream, "limit", 0) and not document.data.peek(1):
                    raise EOFError("the last page is not whole")
                page = replace(document, place=place, data=buffered(io.BytesIO(data)), url=url, charset=charset)
                yield from read_page(page, settings)
            except LibraryMissing:
                raise
            except CannotRead as error:
                yield Problem(place, str(error))
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError, TypeError, IndexError) as error:
        raise CannotRead(
            f"the archive is damaged or cut short after record {number:,} ({' '.join(str(error).split())[:200]});"
            " what stands before that was read"
        ) from error
    check_whole(document.data)
    if not number:
        raise CannotRead("it holds no records; nothing to load")


def _media_type(record: Any) -> tuple[str, str | None]:
    headers = record.http_headers or record.rec_headers
    value = headers.get_header("Content-Type") or ""
    media_type, _, parameters = value.partition(";")
    name, _, charset = parameters.strip().partition("=")
    return media_type.strip().lower(), charset.strip("\"' ") or None if name.lower() == "charset" else None

"""From inputs to articles: opens what is named, picks the reader of its kind, and gets the pages that are linked."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...records import Article
from ...settings import ReadSettings
from .archives import read_tar, read_zip
from .documents import MEDIA_TYPES, Document, Linked, kind_of, stem_of
from .fields import article_from_fields
from .files import KNOWN, documents_at
from .outlets import Outlet, host_name, split
from .problems import CannotRead, LibraryMissing, Problem, few_problems
from .sniffing import kind_of_bytes
from .sqlitetables import read_sqlite
from .streams import buffered, unpacked

if TYPE_CHECKING:
    from .fetching import Fetcher, FetchError, Page

READERS: Final[Mapping[str, tuple[str, str]]] = {
    # Modules are imported when such an input comes, with the packages that they need.
    "text": ("plaintext", "read_text"),
    "urls": ("plaintext", "read_addresses"),
    "jsonl": ("jsonlines", "read_json_lines"),
    "json": ("jsondocuments", "read_json"),
    "csv": ("tables", "read_table"),
    "html": ("pages", "read_page"),
    "mhtml": ("pages", "read_web_archive"),
    "feed": ("feeds", "read_feed"),
    "warc": ("warcs", "read_warc"),
}
AT_ONCE: Final = 32
"""Links that are fetched before the next records are read."""
DEEPEST: Final = 2
"""A list of addresses may lead to a feed, and a feed to its pages; nothing further is followed."""
NOT_MODIFIED: Final = 304
STDIN: Final = "standard input"
OF_SQLITE: Final = "::"
FETCH_TO_READ: Final = "there is no text, only the address of a page; --fetch gets the pages"

Item = Article | Problem | Linked
Read = Callable[[Document, ReadSettings], Iterator[Item]]


class Memory(Protocol):
    """What earlier runs know of the addresses that are followed."""

    def wants(self, link: Linked) -> bool:
        """Whether to ask for the address now."""

    def headers(self, url: str) -> Mapping[str, str]:
        """What to send along, so that the server may answer that nothing changed."""

    def answered(self, link: Linked, page: Page | FetchError) -> None:
        """Take note of what came of asking."""


class Reader:
    """Reads inputs one after another. Use it as a context manager, which closes connections at the end.

    Once `stop` is set, nothing more is fetched.
    """

    def __init__(self, source: str | None, settings: ReadSettings, stop: threading.Event | None = None) -> None:
        self._source = source
        self._settings = settings
        self._stop = stop
        self._memory: Memory | None = None
        self._exit = ExitStack()
        self._open_fetcher: Fetcher | None = None
        self._missing: set[str] = set()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def read(self, given: str) -> Iterator[Article | Problem]:
        """Read a path, an address, `other.db::table`, `other.db::SELECT …`, or `-` for standard input."""
        yield from few_problems(self._resolve(self._items(given)), given if given != "-" else STDIN)

    def read_addresses(self, urls: Iterable[str], memory: Memory) -> Iterator[Article | Problem]:
        """Read web addresses, several hosts at the same time.

        One that the memory does not want, or whose server says that nothing changed, yields nothing; the same holds
        for the pages that they lead to.
        """
        self._memory = memory
        yield from few_problems(self._resolve(map(self._address, urls)), "the addresses")
        self._memory = None

    def _address(self, url: str) -> Linked:
        return Linked(url, url, {}, Outlet(self._source, host_name(url) or url))

    def _items(self, given: str) -> Iterator[Item]:
        if given == "-":
            yield from self._document(self._standard_input())
        elif split(given):
            yield self._address(given)
        elif OF_SQLITE in given and not Path(given).exists():
            yield from self._sqlite(*given.split(OF_SQLITE, 1))
        else:
            for one in documents_at(Path(given), self._source, self._settings.format):
                if isinstance(one, Problem):
                    yield one
                else:
                    yield from self._document(one)

    def _standard_input(self) -> Document:
        data = unpacked(buffered(sys.stdin.buffer))
        kind = self._settings.format or kind_of_bytes(data) or "jsonl"
        return Document(STDIN, "standard-input", kind, Outlet(self._source, STDIN), data)

    def _sqlite(self, path: str, wanted: str) -> Iterator[Item]:
        empty = buffered(io.BytesIO())
        outlet = Outlet(self._source, Path(path).stem)
        document = Document(f"{path}{OF_SQLITE}{wanted[:60]}", Path(path).stem, "sqlite", outlet, empty)
        yield from self._guarded(document, read_sqlite(Path(path), wanted, document, self._settings))

    def _document(self, document: Document) -> Iterator[Item]:
        """Read a document with the reader of its kind; what stops it becomes a Problem."""
        yield from self._guarded(document, self._read(document))

    def _read(self, document: Document) -> Iterator[Item]:
        if document.kind == "zip":
            yield from read_zip(document, KNOWN, self._document)
        elif document.kind == "tar":
            yield from read_tar(document, KNOWN, self._document)
        elif document.kind == "sqlite":
            yield from read_sqlite(Path(document.place), "", document, self._settings)
        else:
            module, name = READERS[document.kind or "text"]
            read: Read = getattr(import_module(f".{module}", __package__), name)
            yield from read(document, self._settings)

    def _guarded(self, document: Document, items: Iterator[Item]) -> Iterator[Item]:
        nothing = True
        try:
            for item in items:
                nothing = False
                yield item
            if nothing:
                yield Problem(document.place, "no article was found in it; nothing to load")
        except LibraryMissing as error:
            if str(error) not in self._missing:  # one line is enough for a thousand pages
                self._missing.add(str(error))
                yield Problem(document.place, f"{error} (files of this kind are passed over)")
        except CannotRead as error:
            yield Problem(document.place, str(error))
        except OSError as error:
            yield Problem(document.place, f"the file can't be read ({error.strerror or error}); check its permissions")
        except MemoryError:
            yield Problem(document.place, "it takes more memory than there is; split it")

    def _resolve(self, items: Iterator[Item], depth: int = 0) -> Iterator[Article | Problem]:
        """The items in order, with what the links among them lead to in their place."""
        waiting: list[Item] = []
        links = 0
        for item in items:
            follow = isinstance(item, Linked) and self._follows(item, depth)
            if not waiting and not follow:
                yield from self._unfollowed(item)
                continue
            waiting.append(item)
            links += follow
            if links >= AT_ONCE or len(waiting) >= AT_ONCE * AT_ONCE:
                yield from self._followed(waiting, depth)
                waiting, links = [], 0
        yield from self._followed(waiting, depth)

    def _follows(self, link: Linked, depth: int) -> bool:
        """Pages that a person named are always read, those that a record names where that is asked for."""
        return depth < DEEPEST and (self._settings.fetch or (not link.fields and depth == 0))

    def _unfollowed(self, item: Item) -> Iterator[Article | Problem]:
        if not isinstance(item, Linked):
            yield item
        elif item.summary:
            yield from self._summary(item, "only the first words are there; --fetch gets the whole page")
        else:
            yield Problem(item.place, FETCH_TO_READ if item.fields else "a list in a list is not followed")

    def _summary(self, link: Linked, why: str) -> Iterator[Article | Problem]:
        yield Problem(link.place, f"{why} (loaded as it is)", loaded=True)
        fields = {**link.fields, "text": link.summary}
        yield from article_from_fields(fields, link.place, link.outlet, order=self._settings.dates)

    def _followed(self, items: list[Item], depth: int) -> Iterator[Article | Problem]:
        pages = iter(self._answers([item for item in items if isinstance(item, Linked) and self._follows(item, depth)]))
        for item in items:
            if not (isinstance(item, Linked) and self._follows(item, depth)):
                yield from self._unfollowed(item)
            elif (page := next(pages)) is not None:
                yield from self._page(item, page, depth)

    def _answers(self, links: list[Linked]) -> list[Page | FetchError | None]:
        """What the servers answer, in order; None where that is nothing to read: it is not asked for, or unchanged."""
        memory = self._memory
        asked = [link for link in links if memory is None or memory.wants(link)]
        if not asked:
            return [None] * len(links)
        pages = self._fetcher().get_all((link.url, memory.headers(link.url) if memory else {}) for link in asked)
        found: dict[int, Page | FetchError] = {}
        for link, page in zip(asked, pages, strict=True):
            if memory:
                memory.answered(link, page)
            if isinstance(page, Exception) or page.status != NOT_MODIFIED:
                found[id(link)] = page
        return [found.get(id(link)) for link in links]

    def _page(self, link: Linked, page: Page | FetchError, depth: int) -> Iterator[Article | Problem]:
        if isinstance(page, Exception):
            yield from self._failed(link, f"{link.url} can't be read: {page}" if link.place != link.url else str(page))
            return
        document = self._fetched(link, page)
        if not link.fields:
            yield from self._resolve(self._document(document), depth + 1)
            return
        if document.kind != "html":
            yield from self._failed(link, f"{link.url} is no web page but {page.media_type or 'of no known type'}")
            return
        yield from self._merged(link, document)

    def _merged(self, link: Linked, document: Document) -> Iterator[Article | Problem]:
        """The article of a page that a record named: what it is called by the record, the rest by the page."""
        from .pages import page_fields

        try:
            found, note = page_fields(document.data.read(), document.charset, document.url)
        except LibraryMissing as error:
            yield from self._guarded(document, _raising(error))  # type: ignore[misc]
            return
        except CannotRead as error:
            yield from self._failed(link, f"{link.url}: {error}")
            return
        if note:
            yield Problem(link.place, note, loaded=True)
        given = {name: value for name, value in link.fields.items() if value not in (None, "")}
        fields: dict[str, Any] = {**given, **found}
        fields |= {name: given[name] for name in ("id", "source", "story", "language") if name in given}
        yield from article_from_fields(fields, link.place, link.outlet, order=self._settings.dates)

    def _failed(self, link: Linked, why: str) -> Iterator[Article | Problem]:
        if link.summary:
            yield from self._summary(link, f"{why}; only the first words are there")
        else:
            yield Problem(link.place, why)

    def _fetched(self, link: Linked, page: Page) -> Document:
        data = unpacked(buffered(io.BytesIO(page.data)))
        path = page.url.partition("?")[0].rpartition("/")[2]
        kind = MEDIA_TYPES.get(page.media_type) or kind_of(path)
        if kind in (None, "text", "feed", "json"):  # servers say little that is true of these
            kind = kind_of_bytes(data) or kind or "text"
        outlet = Outlet(link.outlet.given, host_name(page.url) or link.outlet.guess)
        return Document(
            link.url, stem_of(path) or "page", kind, outlet, data, url=page.url, charset=page.charset, suffix=""
        )

    def _fetcher(self) -> Fetcher:
        if self._open_fetcher is None:
            from .fetching import Fetcher

            self._open_fetcher = self._exit.enter_context(Fetcher(self._settings, self._stop))
        return self._open_fetcher


def _raising(error: Exception) -> Iterator[Article | Problem]:
    raise error
    yield

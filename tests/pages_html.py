"""A page as a tree to ask: by id, tag and class, and for the text that a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

INLINE = {"a", "b", "bdi", "del", "ins", "mark", "q", "span", "strong", "summary"}


@dataclass
class Node:
    """An element with its attributes and children; text stands between them as strings."""

    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def nodes(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.nodes()

    def all(self, tag: str = "", cls: str = "", **attributes: str) -> list[Node]:
        """The elements inside, in order, of a tag, with a class, with attribute values."""
        return [
            n
            for n in self.nodes()
            if (not tag or n.tag == tag)
            and (not cls or cls in n.classes)
            and all(n.attributes.get(k) == v for k, v in attributes.items())
        ]

    def one(self, tag: str = "", cls: str = "", **attributes: str) -> Node:
        found = self.all(tag, cls, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag} .{cls} {attributes} in {self.text[:200]}"
        return found[0]

    @property
    def text(self) -> str:
        """What is read aloud, white space as single spaces."""
        return " ".join(self._raw().split())

    def _raw(self) -> str:
        if self.tag in ("script", "style"):
            return ""
        inside = "".join(child if isinstance(child, str) else child._raw() for child in self.children)
        return inside if self.tag in INLINE else f" {inside} "


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        names = [n.tag for n in self.open]
        assert tag in names, f"</{tag}> closes nothing"
        while self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Node:
    """The page as a tree."""
    builder = _Builder()
    builder.feed(html)
    return builder.root

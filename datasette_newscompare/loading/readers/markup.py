"""The words of marked-up text, in paragraphs: what a reader of the page would see."""

from __future__ import annotations

import re
from typing import Any, Final

from . import limits
from .problems import CannotRead, LibraryMissing

BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "hgroup", "hr", "html", "item", "li", "list", "main", "menu", "nav", "ol", "p", "pre", "quote", "row",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
"""Elements that begin and end a paragraph: HTML's, and those of the trees that trafilatura makes."""
BREAKS: Final = frozenset({"br", "lb"})
UNSEEN: Final = frozenset({
    "applet", "audio", "button", "canvas", "embed", "graphic", "iframe", "input", "map", "math", "noscript", "object",
    "option", "script", "select", "style", "svg", "template", "textarea", "video",
})  # fmt: skip
CELLS: Final = frozenset({"cell", "td", "th"})
DEEPEST: Final = 250
"""How deep elements may nest; pages of news stay below 60."""
BREAK = "\u2028"
SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u200b\ufeff]+")


def text_of(markup: str) -> str:
    """The text of an HTML fragment, an empty line between paragraphs; "" for one without words.

    Raises CannotRead where it nests too deep or is too large.
    """
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    tree = parse(f"<div>{markup}</div>")
    return "" if tree is None else text_of_tree(tree)


def parse(markup: str) -> Any:
    """The tree of an HTML document; None where there is nothing in it.

    Nothing outside it is looked up. Raises CannotRead where it nests too deep or has too many elements.
    """
    try:
        from lxml import etree, html
    except ImportError:
        raise LibraryMissing("web pages", "lxml") from None
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False, recover=True,
        default_doctype=False, collect_ids=False,
    )  # fmt: skip
    data = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", markup).encode("utf-8", "ignore")
    try:
        tree = html.document_fromstring(data, parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    _check_size(tree)
    return tree


def _check_size(tree: Any) -> None:
    from lxml import etree

    depth = count = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST:
            raise CannotRead(f"its elements nest more than {DEEPEST} deep, as in no page of news")
        if count > limits.ELEMENTS:
            raise CannotRead(f"it has more than {limits.ELEMENTS:,} elements, as no page of news has")


def text_of_tree(root: Any) -> str:
    """The text of an element and all in it, an empty line between paragraphs."""
    from lxml import etree

    paragraphs: list[str] = []
    current: list[str] = []

    def end_paragraph() -> None:
        flat = SPACES.sub(" ", "".join(current))
        current.clear()
        for part in re.split(f"{BREAK}(?: ?{BREAK})+", flat):
            words = "\n".join(line.strip() for line in part.split(BREAK)).strip()
            if words:
                paragraphs.append(words)

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else None
        if event == "start":
            if tag is None or tag in UNSEEN:
                walk.skip_subtree()
            elif tag in BREAKS:
                current.append(BREAK)
            else:
                if tag in BLOCKS and tag not in CELLS:
                    end_paragraph()
                current.append(element.text or "")
            continue
        if tag in CELLS:
            current.append(" ")
        elif tag in BLOCKS:
            end_paragraph()
        if element is not root:
            current.append(element.tail or "")
    end_paragraph()
    return "\n\n".join(paragraphs)

"""Plain text and Markdown files: one article a file, with YAML front matter where there is some."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ...records import Article
from .fields import article_from_fields
from .problems import Problem

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)


def read_text_file(path: Path, source: str) -> Iterator[Article | Problem]:
    """Read one `.txt` or `.md` file. Raises OSError where the file can't be opened."""
    data = path.read_bytes()
    if b"\x00" in data[:8192]:
        yield Problem(str(path), "this is not text (it holds zero bytes); save it as UTF-8 text")
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Problem(f"{path}:{line}", "not UTF-8; convert the file, with iconv for one")
        return
    text = text.replace("\r\n", "\n")
    fields: dict[str, Any] = {}
    front = FRONT_MATTER.match(text)
    if front:
        try:
            found = yaml.safe_load(front[1] or "")
        except yaml.YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
            yield Problem(
                f"{path}:{line}", "the front matter between the --- lines is not YAML; write it as `title: …`"
            )
            return
        if isinstance(found, dict):  # anything else is a text that happens to begin with a rule
            fields = found
            text = text[front.end() :]
    if not text.strip():
        yield Problem(str(path), "the file is empty; nothing to load")
        return
    yield from article_from_fields({**fields, "text": text}, str(path), source, name=path.stem)

"""A comparison whose every text is an attack: on HTML, addresses, templates, the layout, and the eyes of readers."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pages_story

MARK = "hostile"
"""Stands in each text that would run if it could: `window.hostile` is set where one did."""
LONG_WORD = "Donaudampfschiff" * 625
"""10,000 characters without a place to break."""
ATTACKS = (
    "<script>window.hostile=1</script>",
    "</title></textarea></style></script><script>window.hostile=1</script>",
    '"><img src=x onerror="window.hostile=1">',
    "' onmouseover='window.hostile=1' autofocus onfocus='window.hostile=1",
    "<svg/onload=window.hostile=1>",
    "<style>*{display:none}</style><base href='//hostile.example/'>",
    "<meta http-equiv=refresh content='0;url=//hostile.example'><iframe srcdoc='<script>parent.hostile=1</script>'>",
    "{{ 7 * 7 }}{% raise 'hostile' %}${7*7}<%= 7*7 %>",
    "javascript:window.hostile=1",
    "data:text/html,<script>window.hostile=1</script>",
    "\u202eesrever\u202c \u2066isolated\u2069 \u200b\ufeff",
    "\x01\x07\x1b[31m\x7f\x85\u2028",
    "a&#x6a;&lt;b&gt;&amp;]]><![CDATA[<!-- --!> -->",
    '=HYPERLINK("//hostile.example")',
    "Z" + "\u0301\u0322" * 200,
    "\U0001f600" * 50 + "🏴\U000e0067\U000e0062",
    "%00%0d%0aSet-Cookie:hostile=1\r\nSet-Cookie: hostile=1",
)
URLS = (
    "javascript:window.hostile=1//https://ledger.example",
    "data:text/html,<script>window.hostile=1</script>",
    "https://user:secret@hostile.example/",
    'https://ledger.example/"><script>window.hostile=1</script>',
    "//hostile.example/x",
)
EVERYTHING = " ".join(ATTACKS)
ARTICLE_ID = """radio"><img src=x onerror=window.hostile=1>/?&#'{{7*7}}~%2e.json"""

_TEXTS = {
    "sources": ("name", "domain"),
    "stories": ("title",),
    "articles": ("title", "author"),
    "sentences": ("text",),
    "article_texts": ("text",),
    "entities": ("name", "type"),
    "entity_aliases": ("alias",),
    "entity_spellings": ("alias",),
    "mentions": ("text", "alias"),
    "quantities": ("text", "unit"),
    "quotes": ("text", "speaker"),
    "differences": ("left_text", "right_text", "note"),
    "facts": ("text",),
}


def build(path: Path) -> Path:
    """Write the story of `pages_story` into a new database, with attacks in all that came from outside."""
    pages_story.build(path)
    connection = sqlite3.connect(path)
    for table, columns in _TEXTS.items():
        for column in columns:
            value = f"coalesce({column}, '') || ' ' || :attack"
            connection.execute(f"update {table} set {column} = {value}", {"attack": EVERYTHING})
    connection.execute("update entities set name = name || ?1 where id = 1", (LONG_WORD,))
    connection.execute("update sentences set text = text || ?1 where position = 1", (LONG_WORD,))
    connection.execute("update matches set why = ?", (json.dumps({"words": [*ATTACKS], "names": [EVERYTHING]}),))
    for url, (article,) in zip(URLS, connection.execute("select id from articles").fetchall(), strict=True):
        connection.execute("update articles set url = ? where id = ?", (url, article))
    for table, column in _article_columns(connection):
        connection.execute(f"update {table} set {column} = ? where {column} = 'radio'", (ARTICLE_ID,))
    connection.execute(
        """insert into verdicts (left_article_id, left_sentence_id, left_text, right_article_id, right_sentence_id,
             right_text, verdict, note, actor, at)
           select left_article_id, left_sentence_id, ?1, right_article_id, right_sentence_id, ?1 || id, 'wrong', ?1, ?1,
             '2024-05-01' from matches""",
        (EVERYTHING,),
    )
    connection.execute(
        """insert into corrections (action, alias, alias_key, entity, type, article_id, note, actor, at)
           select 'rename', name, id, ?1, ?1, null, ?1, ?1, '2024-05-01' from entities""",
        (EVERYTHING,),
    )
    connection.execute(
        """insert into article_versions (article_id, version, title, published, text, content_hash, seen_at)
           select a.id, 1, ?1, a.published, ?1 || ' ' || t.text, 'earlier', '2024-05-01'
           from articles a join article_texts t on t.article_id = a.id""",
        (EVERYTHING,),
    )
    connection.commit()
    connection.close()
    return path


def _article_columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every column that holds the id of an article or of a source."""
    return connection.execute(
        """select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c
           where m.type = 'table' and m.sql not like 'create virtual%' and
             (c.name in ('article_id', 'source_id', 'left_article_id', 'right_article_id', 'first_source_id')
              or (m.name in ('articles', 'sources') and c.name = 'id'))"""
    ).fetchall()

"""A story that strains the pages, as rows: sixty sources, an endless article, endless words, right-to-left text."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from sqlite_utils import Database

from datasette_newscompare import schema

SOURCES = 60
SENTENCES = 2_000
"""Sentences of the longest article, `long`."""
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ARABIC = "قال رئيس البلدية إن الجسر الجديد سيفتح أمام المارة في الخامس من مايو"
HEBREW = "ראש העיר אמר כי הגשר החדש ייפתח להולכי רגל בחמישה במאי"
FACTS = 12

_STRANGE = {"long-words": f"The {LONG_WORD} opened the bridge", "arabic": ARABIC, "hebrew": HEBREW}


def build(path: Path) -> Path:
    """Write the story, number 1, into a new database at the path. Each fact is told by half of the sources."""
    db = Database(path)
    schema.migrate(db)
    names = ["long", *_STRANGE, *(f"source-{n}" for n in range(SOURCES - 1 - len(_STRANGE)))]
    db["stories"].insert(
        {"id": 1, "title": f"Bridge opens: {LONG_WORD}", "first_published": "2024-05-01", "article_count": SOURCES,
         "last_published": "2024-05-03T10:00:00+00:00", "source_count": SOURCES, "independent_count": SOURCES,
         "fact_count": FACTS}
    )  # fmt: skip
    told: list[list[tuple[str, int]]] = [[] for _ in range(FACTS)]
    for n, name in enumerate(names):
        title = {"arabic": "صحيفة النيل اليومية", "long-words": LONG_WORD}.get(name, f"The {name.title()} Chronicle")
        db["sources"].insert({"id": name, "name": title, "article_count": 1, "story_count": 1})
        sentences = _sentences(name, n)
        row = {
            "id": name,
            "source_id": name,
            "story_id": 1,
            "title": sentences[0],
            "content_hash": name,
            "origin": "test",
        }
        counts = {"word_count": 10 * len(sentences), "sentence_count": len(sentences)}
        db["articles"].insert(
            {**row, **counts, "published": f"2024-05-0{n % 3 + 1}T0{n % 10}:00:00+00:00", "loaded_at": ""}
        )
        at, rows = 0, []
        for position, text in enumerate(sentences):
            role = "headline" if position == 0 else "body"
            rows.append(
                {"id": n * 10_000 + position + 1, "article_id": name, "position": position, "paragraph": position // 3,
                 "role": role, "start": at, "end": at + len(text), "text": text}
            )  # fmt: skip
            at += len(text) + 1
            if 0 < position <= FACTS and (position + n) % 2:
                told[position - 1].append((name, rows[-1]["id"]))
        db["article_texts"].insert({"article_id": name, "text": " ".join(sentences)})
        db["sentences"].insert_all(rows)
    for number, sentences_of in enumerate(told, 1):
        _fact(db, number, sentences_of)
    db["stories"].update(1, {"match_count": db["matches"].count})
    db.conn.commit()
    return path


def _sentences(name: str, n: int) -> list[str]:
    count = SENTENCES if name == "long" else FACTS + 4
    strange = _STRANGE.get(name)
    title = strange or f"Bridge number {n} opens"
    return [
        title,
        *(f"{strange or 'The new bridge was opened by the mayor'} and this is sentence {i}." for i in range(1, count)),
    ]


def _fact(db: Database, number: int, told: list[tuple[str, int]]) -> None:
    """A fact with a match for each pair of its sentences."""
    text = f"What {len(told)} sources tell, {number}"
    row = {
        "id": number,
        "story_id": 1,
        "text": text,
        "sentence_count": len(told),
        "source_count": len(told),
        "independent_count": len(told),
    }
    db["facts"].insert({**row, "first_source_id": told[0][0], "first_published": "2024-05-01"})
    db["fact_sentences"].insert_all({"fact_id": number, "sentence_id": sentence} for _, sentence in told)
    pairs = (sorted(pair) for pair in combinations(told, 2))
    db["matches"].insert_all(
        {"story_id": 1, "left_article_id": one[0], "right_article_id": other[0], "left_sentence_id": one[1],
         "right_sentence_id": other[1], "score": 0.9, "kind": "paraphrase", "is_primary": 1, "is_moved": 0, "why": "{}"}
        for one, other in pairs
    )  # fmt: skip

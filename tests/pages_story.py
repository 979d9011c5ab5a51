"""A story of five sources, written for the tests of the pages, as rows: what each page must show of it is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from datasette_newscompare import schema

# source: (published, url, sentences as (key, role, text))
ARTICLES: dict[str, tuple[str | None, str | None, list[tuple[str, str, str]]]] = {
    "ledger": (
        "2024-05-01T06:00:00+00:00",
        "https://ledger.example/fire",
        [
            ("l0", "headline", "Fire destroys harbour market"),
            ("l1", "body", "A fire destroyed the harbour market on Tuesday night, killing 12 people."),
            ("l2", "body", "The flames spread from a bakery, the fire brigade said."),
            ("l3", "body", "“We lost everything in an hour,” the head of the market said."),
            ("l4", "body", "The city promised $2bn to rebuild the market."),
            ("l5", "body", "A school next door was not harmed."),
            ("l6", "boilerplate", "Subscribe to our newsletter"),
        ],
    ),
    "post": (
        "2024-05-01T09:30:00+00:00",
        "javascript:alert(1)",
        [
            ("p0", "headline", "Market burns down: 15 dead"),
            ("p1", "body", "The city promised $2 billion for a new market."),
            ("p2", "body", "Fifteen people died when a fire destroyed the harbour market, police said."),
            ("p3", "body", "The head of the market said that they had lost everything."),
            ("p4", "body", "Insurance will not pay, traders fear."),
            ("p5", "body", "Fifteen people died in the fire at the harbour market."),
        ],
    ),
    "wire": (
        "2024-05-01T05:00:00+00:00",
        None,
        [
            ("w1", "body", "A fire destroyed the harbour market on Tuesday night, killing 12 people."),
            ("w2", "body", "The flames spread from a bakery."),
        ],
    ),
    "radio": (
        None,
        None,
        [("r1", "body", "Fire destroyed the market at the harbour <script>alert('x')</script> & more.")],
    ),
    "beacon": (None, None, [("b1", "body", "Traders had warned of the danger for years.")]),
}

# left, right, score, kind, primary, moved, why
MATCHES: list[tuple[str, str, float, str, bool, bool, dict[str, list[str]]]] = [
    ("l0", "p0", 0.71, "paraphrase", True, False, {"words": ["market"]}),
    ("l1", "p2", 0.94, "paraphrase", True, False, {"words": ["harbour"], "names": ["Harbour Market"]}),
    ("l3", "p3", 0.88, "paraphrase", True, False, {"quoted": ["lost everything"]}),
    ("l4", "p1", 0.91, "near-verbatim", True, True, {"numbers": ["$2bn"], "words": ["promised"]}),
    ("l1", "p0", 0.62, "partial", False, False, {"words": ["dead"]}),
    ("l1", "w1", 0.99, "verbatim", True, False, {"words": ["harbour"]}),
    ("l2", "w2", 0.97, "near-verbatim", True, False, {"words": ["bakery"]}),
    ("l1", "r1", 0.83, "paraphrase", True, False, {"words": ["harbour"]}),
]

FACTS = [("A fire destroyed the harbour market", ["l1", "p2", "w1", "r1"]), ("It began in a bakery", ["l2", "w2"])]
ENTITIES = [
    (1, "Harbour Market", "place", {"harbour market": ["l0", "l1", "p2", "w1"], "market at the harbour": ["r1"]}),
    (2, "Fire Brigade", "organisation", {"fire brigade": ["l2"]}),
    (3, "100%_Co", "organisation", {"Insurance": ["p4"]}),
]
QUANTITIES = [("l4", "$2bn", "money", 2e9, "USD"), ("p1", "$2 billion", "money", 2e9, "USD")]


def build(path: Path) -> Path:
    """Write the story into a new database at the path."""
    db = Database(path)
    schema.migrate(db)
    db["stories"].insert(
        {
            "id": 7,
            "title": "Fire destroys harbour market",
            "first_published": "2024-05-01T05:00:00+00:00",
            "last_published": "2024-05-01T09:30:00+00:00",
            "article_count": len(ARTICLES),
            "source_count": len(ARTICLES),
            "match_count": len(MATCHES),
            "fact_count": len(FACTS),
            "independent_count": len(ARTICLES) - 1,
        }
    )
    keys = _articles(db)
    _entities(db, keys)
    for key, text, kind, value, unit in QUANTITIES:
        row = {"sentence_id": keys[key]["id"], "kind": kind, "value": value, "unit": unit}
        db["quantities"].insert({**row, **_place(keys[key], text)})
    db["quotes"].insert({"sentence_id": keys["l3"]["id"], **_place(keys["l3"], "We lost everything in an hour,")})
    _matches(db, keys)
    for number, (text, members) in enumerate(FACTS, 1):
        ids = [keys[m] for m in members]
        sources = {s["article_id"] for s in ids}
        fact = {"id": number, "story_id": 7, "text": text, "sentence_count": len(ids), "source_count": len(sources)}
        fact["independent_count"] = len(sources - {"ledger"}) if "wire" in sources else len(sources)
        db["facts"].insert({**fact, "first_source_id": "wire", "first_published": "2024-05-01T05:00:00+00:00"})
        db["fact_sentences"].insert_all({"fact_id": number, "sentence_id": s["id"]} for s in ids)
    db["same_texts"].insert_all(
        {"article_id": article, "first_article_id": "wire", "story_id": 7, "share": share}
        for article, share in (("wire", 1.0), ("ledger", 0.3333))
    )
    repeat, first = keys["p5"]["id"], keys["p2"]["id"]
    db["repeats"].insert({"sentence_id": repeat, "repeat_of": first, "kind": "near-verbatim", "score": 0.9})
    db["near_misses"].insert({"sentence_id": keys["l5"]["id"], "near_sentence_id": keys["p4"]["id"], "score": 0.21})
    db.conn.commit()
    return path


def _articles(db: Database) -> dict[str, dict[str, Any]]:
    """Insert sources, articles and sentences; gives the sentences' rows by key."""
    keys: dict[str, dict[str, Any]] = {}
    for source, (published, url, sentences) in ARTICLES.items():
        text = "\n\n".join(s for _, _, s in sentences)
        db["sources"].insert({"id": source, "name": f"The {source.title()}", "article_count": 1, "story_count": 1})
        db["articles"].insert(
            {
                "id": source, "source_id": source, "story_id": 7, "title": sentences[0][2][:60], "published": published,
                "url": url, "word_count": len(text.split()), "sentence_count": len(sentences), "content_hash": source,
                "origin": "test", "loaded_at": "2024-05-02",
            }
        )  # fmt: skip
        db["article_texts"].insert({"article_id": source, "text": text})
        at = 0
        for position, (key, role, sentence) in enumerate(sentences):
            keys[key] = {
                "id": len(keys) + 101, "article_id": source, "position": position, "paragraph": position, "role": role,
                "start": at, "end": at + len(sentence), "text": sentence,
            }  # fmt: skip
            db["sentences"].insert(keys[key])
            at += len(sentence) + 2
    return keys


def _place(sentence: dict[str, Any], part: str) -> dict[str, Any]:
    at = sentence["start"] + sentence["text"].lower().index(part.lower())
    return {"start": at, "end": at + len(part), "text": part}


def _entities(db: Database, keys: dict[str, dict[str, Any]]) -> None:
    for number, name, kind, aliases in ENTITIES:
        named = [keys[k] for ks in aliases.values() for k in ks]
        articles = [s["article_id"] for s in named]
        counts = {"article_count": len(set(articles)), "source_count": len(set(articles)), "story_count": 1}
        row = {"id": number, "name": name, "type": kind, "sentence_count": len(named), "mention_count": len(named)}
        db["entities"].insert({**row, **counts})
        for alias, ks in aliases.items():
            db["entity_aliases"].insert({"entity_id": number, "alias": alias, "mention_count": len(ks)})
            for source in {keys[k]["article_id"] for k in ks}:
                count = sum(keys[k]["article_id"] == source for k in ks)
                row = {"entity_id": number, "alias": alias, "source_id": source, "mention_count": count}
                db["entity_spellings"].insert(row)
            for key in ks:
                row = {"sentence_id": keys[key]["id"], "entity_id": number, "article_id": keys[key]["article_id"]}
                db["mentions"].insert({**row, "type": kind, "alias": alias, **_place(keys[key], alias)})
        for article in set(articles):
            row = {"article_id": article, "entity_id": number, "mention_count": articles.count(article)}
            db["article_entities"].insert(row)
            db["source_entities"].insert({"source_id": article, "entity_id": number, "article_count": 1})
        counts = {"article_count": len(set(articles)), "source_count": len(set(articles))}
        db["story_entities"].insert({"story_id": 7, "entity_id": number, **counts})


def _matches(db: Database, keys: dict[str, dict[str, Any]]) -> None:
    """Insert the matches, the left article's id sorting first, and the one number that differs."""
    for number, (one, other, score, kind, primary, moved, why) in enumerate(MATCHES, 1):
        left, right = sorted((keys[one], keys[other]), key=lambda s: s["article_id"])
        db["matches"].insert(
            {
                "id": number, "story_id": 7, "left_sentence_id": left["id"], "right_sentence_id": right["id"],
                "left_article_id": left["article_id"], "right_article_id": right["article_id"], "score": score,
                "kind": kind, "is_primary": int(primary), "is_moved": int(moved), "why": json.dumps(why),
            }
        )  # fmt: skip
    left, right = _place(keys["l1"], "12"), _place(keys["p2"], "Fifteen")
    db["differences"].insert(
        {
            "match_id": 2, "kind": "number", "left_text": "12", "right_text": "Fifteen", "left_start": left["start"],
            "left_end": left["end"], "right_start": right["start"], "right_end": right["end"],
        }
    )  # fmt: skip

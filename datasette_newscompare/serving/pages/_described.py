"""How each source calls and describes an entity: the words it uses most, and those that it uses more than others do."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlencode

from .. import diff
from ..queries import entity_words as sql
from ..router import Call
from ._shared import Row, as_list, sentence_url

TABLES = (
    "entity_words", "entity_words_by_source", "entity_word_sentences", "describing_words", "word_counts",
)  # fmt: skip
"""What is read here beside the entity's own tables."""
SPELT = ("entity_spellings", "entity_spelling_sentences")
"""The same, of spellings."""
RELATIONS = {
    "title": "titles",
    "adjective": "adjectives",
    "apposition": "appositions",
    "is": "is said to be",
    "called": "is called",
    "does": "does",
    "undergoes": "is done to it",
}
READ = urlencode(
    [("_col", column) for column in ("source", "text", "article", "published", "article_id", "sentence_id")]
)
"""Of the views of sentences, the columns that people read, and the numbers by which a sentence is cited."""
SOURCES = 8
WORDS = 8
SPELLINGS = 4
LEAST = 2
"""A word that a source uses once proves nothing."""
SCORE = 1.96
"""Standard deviations; by chance one word in forty lies above."""
DISTINCTIVE = 12
SENTENCES = 2


async def described(call: Call, entity_id: int, mention_count: int) -> Row | None:
    """How sources spell an entity and the words that they put to it; None where the actor may see neither."""
    spelt, put = await asyncio.gather(_spelt(call, entity_id), _sources(call, entity_id))
    sources = {s["source_id"]: s for s in put}
    for source_id, source in spelt.items():
        sources.setdefault(source_id, {"source_id": source_id, "source": source["source"], "word_count": 0})
    if not sources:
        return None
    # most words first; sources without any stand as they do among the spellings, by mentions
    shown = sorted(sources.values(), key=lambda s: -s["word_count"])[:SOURCES]
    most, distinctive = await _words(call, entity_id, shown) if put else ([], [])
    words: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in most:
        url = _sentences_url(call, entity_id, row)
        words[row["source_id"], row["relation"]].append({"word": row["word"], "count": row["count"], "url": url})
    return {
        "sources": [
            {
                **source,
                "spellings": spelt[source["source_id"]]["spellings"] if source["source_id"] in spelt else [],
                "relations": [
                    {"relation": relation, "label": label, "words": words[source["source_id"], relation]}
                    for relation, label in RELATIONS.items()
                    if (source["source_id"], relation) in words
                ],
            }
            for source in shown
        ],
        "source_count": len(sources),
        "describing_count": len(put),
        "word_count": sum(s["word_count"] for s in sources.values()),
        "distinctive": await _with_sentences(call, entity_id, mention_count, distinctive or []),
        "distinctive_timed_out": distinctive is None,
        "url": f"{call.table_url('entity_words_by_source')}?{urlencode({'entity_id': entity_id})}" if put else None,
    }


async def _sources(call: Call, entity_id: int) -> list[Row]:
    """The sources that describe the entity, most words first; none where the actor may not see it."""
    return await call.rows(sql.SOURCES, {"entity_id": entity_id}) if await call.sees(*TABLES) else []


async def _spelt(call: Call, entity_id: int) -> dict[str, Row]:
    """By source, the source that names the entity most first: its name, and the spellings that it uses most."""
    if not await call.sees(*SPELT):
        return {}
    found: dict[str, Row] = {}
    for row in await call.rows(sql.SPELLINGS, {"entity_id": entity_id, "spellings": SPELLINGS}):
        source = found.setdefault(row["source_id"], {"source": row["source"], "spellings": []})
        url = spelling_url(call, entity_id, row["alias"], row["source_id"])
        source["spellings"].append({"alias": row["alias"], "count": row["mention_count"], "url": url})
    return found


async def _words(call: Call, entity_id: int, sources: Sequence[Row]) -> tuple[list[Row], list[Row] | None]:
    """The words that these sources use most, and those that one uses more than others; None where that takes long."""
    return await asyncio.gather(
        call.rows(
            sql.MOST_USED,
            {
                "entity_id": entity_id,
                "sources": as_list(s["source_id"] for s in sources),
                "relations": as_list(RELATIONS),
                "words": WORDS,
            },
        ),
        call.rows_in_time(
            sql.DISTINCTIVE,
            {"entity_id": entity_id, "least": LEAST, "score": SCORE, "limit": DISTINCTIVE},
            "sql_time_limit_ms",
        ),
    )


def spelling_url(call: Call, entity_id: int, alias: str, source_id: str | None = None) -> str:
    """Datasette's own page of the sentences that spell an entity so, all or those of one source."""
    asked = {"entity_id": entity_id, "alias": alias} | ({"source_id": source_id} if source_id else {})
    return f"{call.table_url('entity_spelling_sentences')}?{urlencode(asked)}&{READ}"


def _sentences_url(call: Call, entity_id: int, word: Row) -> str:
    """Datasette's own page of the sentences behind a count."""
    asked = {"entity_id": entity_id, **{key: word[key] for key in ("source_id", "relation", "word")}}
    return f"{call.table_url('entity_word_sentences')}?{urlencode(asked)}&{READ}"


async def _with_sentences(call: Call, entity_id: int, mention_count: int, words: Sequence[Row]) -> list[Row]:
    """The words with the first of their sentences."""
    if not words:
        return []
    sentences = await _sentences(call, entity_id, mention_count, words)
    return [
        {
            **word,
            "label": RELATIONS[word["relation"]],
            "url": _sentences_url(call, entity_id, word),
            "sentences": [_sentence(call, s) for s in _once(sentences[_key(word)])][:SENTENCES],
        }
        for word in words
    ]


def _key(word: Row) -> tuple[str, str, str]:
    return word["source_id"], word["relation"], word["word"]


async def _sentences(
    call: Call, entity_id: int, mention_count: int, words: Sequence[Row]
) -> dict[tuple[str, str, str], list[Row]]:
    """The first rows of each word, from the uses of the words, or from the mentions where these are fewer."""
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    most = 2 * SENTENCES
    rows = await call.rows(sql.USES, {"words": as_list([word["relation"], word["word"]] for word in words)})
    uses = {(row["relation"], row["word"]): row["count"] for row in rows}
    # of all uses of a word, so many until enough of those wanted are found
    looked_at = sum(uses.get((w["relation"], w["word"]), 0) * min(1.0, most / w["count"]) for w in words)
    if looked_at < mention_count:
        each = await asyncio.gather(
            *(
                call.rows_in_time(
                    sql.SENTENCES_OF_WORD,
                    {
                        "entity_id": entity_id,
                        "source_id": word["source_id"],
                        "relation": word["relation"],
                        "word": word["word"],
                        "limit": min(most, word["count"]),
                    },
                )
                for word in words
            )
        )
        found.update({_key(word): rows or [] for word, rows in zip(words, each, strict=True)})
    else:
        asked = {"entity_id": entity_id, "words": as_list(_key(word) for word in words), "limit": most}
        for row in await call.rows_in_time(sql.SENTENCES_OF_WORDS, asked) or []:
            found[_key(row)].append(row)
    return found


def _once(sentences: Sequence[Row]) -> list[Row]:
    """A sentence that uses the word twice, or of two of the entity's names, once."""
    return list({s["sentence_id"]: s for s in reversed(sentences)}.values())[::-1]


def _sentence(call: Call, s: Row) -> Row:
    mark = (s["start"] - s["sentence_start"], s["end"] - s["sentence_start"], "word", "")
    return {
        "sentence_id": s["sentence_id"],
        "text": s["text"],
        "segments": diff.plain(s["text"], [mark]),
        "url": sentence_url(call, s["article_id"], s["sentence_id"]),
    }

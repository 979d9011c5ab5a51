"""One story's articles in, everything that matching finds in them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..records import Fact, Match, NearMiss, Repeat, StoryArticle, StoryComparison, Why
from .alignment import Aligned, align, match_copies, near_misses, primary_and_moved
from .differences import find_differences
from .encoder import Kept
from .explain import explain
from .facts import group_facts, told_again
from .index import StoryIndex, build_index, wordings
from .repeats import Again, find_repeats
from .scorer import load_model, pairs_of, score_story, texts_of
from .settings import MatchSettings

__all__ = ["MatchSettings", "compare_story", "texts_to_encode"]

DEFAULTS = MatchSettings()


def compare_story(
    articles: Sequence[StoryArticle],
    settings: MatchSettings = DEFAULTS,
    vectors: Mapping[str, NDArray[np.float32]] | None = None,
    kept: Kept | None = None,
) -> StoryComparison:
    """Compare the articles of one story, sentence by sentence, across sources.

    Pure, and a function of these articles alone: the order in which they come, and what other stories hold, changes
    nothing. Returns matches, near misses, repeats and facts by sentence id, each in reading order by article id. What
    an article says twice in the same words is matched where it says it first. Of what more than `settings.most_copies`
    sentences say in the same words, the further copies are matched with the first one only.

    The level `encoder` reads from `kept` what it encoded before, and keeps there what it encodes; that changes nothing
    of what is found. The level `embedding` takes `vectors` of the sentences, whichever model made them: one for each of
    `texts_to_encode`, of any length, but all of one. Raises ValueError where `settings.level` names no packaged model,
    or that level gets no vectors.
    """
    ordered = _in_order(articles)
    index = build_index(ordered, settings.language, settings.most_copies)
    model = load_model(settings.level)
    repeats = find_repeats(index)
    scored = score_story(index, settings, vectors, kept)
    said_before = {r.row for r in repeats if r.kind == "verbatim" and _same_article(index, r)}
    matches = [m for m in align(index, scored, model, settings) if said_before.isdisjoint((m.left, m.right))]
    copies = match_copies(index, matches, len(scored.left))
    copies = [m for m in copies if said_before.isdisjoint((m.left, m.right))]
    matches += copies
    primary, moved = primary_and_moved(index, matches)
    why = _explainer(index, matches)
    ids = [s.id for s in index.sentences]
    by_id = {a.id: a for a in ordered}
    again = told_again(repeats, scored)
    return StoryComparison(
        matches=tuple(
            sorted(
                (_match(index, by_id, m, k in primary, k in moved, why) for k, m in enumerate(matches)),
                key=lambda m: (m.left_id, m.right_id),
            )
        ),
        near_misses=tuple(
            NearMiss(ids[row], ids[near], round(value, 4))
            for row, near, value in near_misses(index, scored, matches, settings.near_miss_floor)
            if said_before.isdisjoint((row, near))
        ),
        repeats=tuple(Repeat(ids[r.row], ids[r.of], round(r.score, 4), r.kind) for r in repeats),
        told_again=tuple((ids[a], ids[b], sure) for (a, b), sure in sorted(again.items())),
        facts=tuple(Fact(tuple(ids[row] for row in rows)) for rows in group_facts(index, matches, again)),
        further_copies=len(copies),
    )


def texts_to_encode(articles: Sequence[StoryArticle], settings: MatchSettings) -> list[str]:
    """The different texts of the sentences that `compare_story` wants vectors of at the level `embedding`: those that
    stand in a pair which the words do not rule out."""
    index = build_index(_in_order(articles), settings.language, settings.most_copies)
    return texts_of(index, pairs_of(index, settings))


def _in_order(articles: Sequence[StoryArticle]) -> list[StoryArticle]:
    return sorted(articles, key=lambda a: (a.source_id, a.published or "9999", a.id))


def _same_article(index: StoryIndex, repeat: Again) -> bool:
    return index.sentences[repeat.row].article_id == index.sentences[repeat.of].article_id


def _explainer(index: StoryIndex, matches: Sequence[Aligned]) -> Callable[[int, int], Why]:
    """`explain`, once for all matches of the same two wordings."""
    wording = wordings(index, np.array([row for m in matches for row in (m.left, m.right)], dtype=np.int64))
    known: dict[tuple[int, int], Why] = {}

    def why(left: int, right: int) -> Why:
        key = int(wording[left]), int(wording[right])
        if key not in known:
            known[key] = explain(index, left, right)
        return known[key]

    return why


def _match(
    index: StoryIndex,
    articles: Mapping[str, StoryArticle],
    aligned: Aligned,
    is_primary: bool,
    is_moved: bool,
    why: Callable[[int, int], Why],
) -> Match:
    """The record of a match; `left` is the sentence whose article's id sorts first."""
    rows = sorted((aligned.left, aligned.right), key=lambda row: index.sentences[row].article_id)
    left, right = (index.sentences[row] for row in rows)
    return Match(
        left_id=left.id,
        right_id=right.id,
        score=round(aligned.score, 4),
        kind=aligned.kind,
        why=why(*rows),
        is_primary=is_primary,
        is_moved=is_moved,
        differences=find_differences(
            left, right, aligned.kind, articles[left.article_id], articles[right.article_id], aligned.score
        ),
    )

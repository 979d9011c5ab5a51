"""Articles that carry the same text, such as a wire report that several outlets print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..records import Match, Repeat, SameText, StoryArticle

SAME = 0.8
"""The share of an article's sentences that stand word for word, or nearly, in another that makes it the same text."""
FEWEST = 2
"""Sentences of which a text must consist to be recognised elsewhere: one alone is a phrase that anyone may use."""
_SAME_WORDS = ("verbatim", "near-verbatim")


def same_texts(
    articles: Sequence[StoryArticle], matches: Iterable[Match], repeats: Iterable[Repeat]
) -> tuple[SameText, ...]:
    """The articles of one story that carry a text which an article of another source carries too, in order of id.

    What a page takes from elsewhere and what it adds can't be told from words alone, so an article that holds another
    one whole counts as the same text. Boilerplate and repeats are left out of the shares. `first_article_id` is the
    same for all articles of one text: the one with the earliest date, of several such the first by id.
    """
    owner = {s.id: a.id for a in articles for s in a.sentences}
    again = {r.sentence_id for r in repeats}
    told = {a.id: sum(s.role != "boilerplate" and s.id not in again for s in a.sentences) for a in articles}
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for m in matches:
        if m.kind in _SAME_WORDS:
            for sentence, like in ((m.left_id, m.right_id), (m.right_id, m.left_id)):
                if sentence not in again:
                    found[owner[sentence], owner[like]].add(sentence)
    group = {a.id: a.id for a in articles}
    share: dict[str, float] = defaultdict(float)
    for (one, other), sentences in found.items():
        if len(sentences) < FEWEST or len(sentences) < SAME * told[one]:
            continue
        for a, b in ((one, other), (other, one)):
            share[a] = max(share[a], len(found.get((a, b), ())) / max(told[a], 1))
        group[_root(group, other)] = _root(group, one)
    return tuple(
        SameText(id, first, round(share[id], 4))
        for id, first in sorted(_firsts(articles, group).items())
        if id in share
    )


def count_independent(articles: Iterable[str], same: Mapping[str, str]) -> int:
    """How many articles are left where those that carry the same text count once; `same` leads to a text's first."""
    return len({same.get(id, id) for id in articles})


def _root(group: dict[str, str], id: str) -> str:
    """What stands for all articles that are united with this one; the way there is halved each time."""
    while group[id] != id:
        group[id] = group[group[id]]
        id = group[id]
    return id


def _firsts(articles: Sequence[StoryArticle], group: dict[str, str]) -> dict[str, str]:
    """Each article's text by the earliest article that carries it. ISO 8601 dates sort as text to the day."""
    first: dict[str, str] = {}
    for a in sorted(articles, key=lambda a: (a.published or "9999", a.id)):
        first.setdefault(_root(group, a.id), a.id)
    return {a.id: first[_root(group, a.id)] for a in articles}

"""Group articles that tell the same event."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from datasette_newscompare.stories.clustering import absent_odds, average_link
from datasette_newscompare.stories.documents import StoryDocument, StoryGroup, StorySettings
from datasette_newscompare.stories.index import StoryIndex
from datasette_newscompare.stories.pairs import log_odds
from datasette_newscompare.stories.terms import TermNumbers
from datasette_newscompare.stories.vectors import Archive, Vectors, neighbour_pairs, sketches, vectorise


def group(
    documents: Sequence[StoryDocument], settings: StorySettings | None = None, vectors: Vectors | None = None
) -> list[StoryGroup]:
    """Put every document into a story, whatever order they come in; most stories of an archive have one article.

    Articles with the same `given` name are one story, which no other article joins. Articles that are in a stored
    story stay in it; new ones join a stored story or make a new one, and two stored stories are never merged.
    `vectors` is what `vectorise` gives for the documents, sorted by id, where the caller has it already.

    Returns the stories, sorted by their first article's id. Raises ValueError where two documents have the same id.
    """
    return _group(documents, settings or StorySettings(), None, vectors)


def group_new(
    new: Sequence[StoryDocument], index: StoryIndex, settings: StorySettings | None = None
) -> list[StoryGroup]:
    """Put new documents into stories, stored or new ones, in time that depends on their number and not the archive's.

    The index need not hold the new documents yet, and may. Only the articles that are most like them are read, with
    the stories that these are in, and grouped with them by the rules of `group`. Returns the stories that hold a new
    document, each with all of its articles; all other stories stay as they are stored.
    """
    settings = settings or StorySettings()
    ids = {document.id for document in new}
    vectors = vectorise(sorted(new, key=lambda document: document.id), index)
    terms = list(vectors.columns)
    weightiest = sketches(vectors.whole)
    near: set[str] = set()
    for row, day in enumerate(vectors.days):
        span = slice(weightiest.indptr[row], weightiest.indptr[row + 1])
        weights = {
            terms[column]: float(weight)
            for column, weight in zip(weightiest.indices[span], weightiest.data[span], strict=True)
        }
        near.update(index.candidates(weights, day, settings.window_days, settings.neighbours))
    near.update(index.members(near, {document.given for document in new if document.given is not None}))
    stories = _group([*new, *index.documents(near - ids)], settings, index)
    return [story for story in stories if not ids.isdisjoint(story.article_ids)]


def _group(
    documents: Sequence[StoryDocument],
    settings: StorySettings,
    archive: Archive | None,
    vectors: Vectors | None = None,
) -> list[StoryGroup]:
    documents = sorted(documents, key=lambda document: document.id)
    for one, next_one in pairwise(documents):
        if one.id == next_one.id:
            raise ValueError(f"two articles have the id {one.id!r}: give each its own")
    if not documents:
        return []
    given, kept = claims(documents)
    vectors = vectors or vectorise(documents, archive)
    free = np.array([document.given is None for document in documents])
    pairs = neighbour_pairs(vectors, settings.neighbours, settings.window_days)
    threshold = math.log(settings.probability / (1 - settings.probability))
    odds = log_odds(vectors, pairs) - threshold
    floors = absent_odds(len(documents), pairs, odds, settings.neighbours)
    open_pairs = free[pairs[:, 0]] & free[pairs[:, 1]]
    anchors = [kept.get(document.id) for document in documents]
    groups = average_link(len(documents), pairs[open_pairs], odds[open_pairs], anchors, floors)
    named: dict[str, list[int]] = defaultdict(list)
    numbered = TermNumbers(vectors.columns)
    result = []
    for members in groups:
        first = documents[members[0]]
        if first.given is not None:
            named[first.given] += members
        else:
            result.append(_story(documents, vectors, members, anchors, None, numbered))
    result += [
        _story(documents, vectors, members, [given[name]] * len(documents), name, numbered)
        for name, members in named.items()
    ]
    return sorted(result, key=lambda story: story.article_ids[0])


def claims(documents: Sequence[StoryDocument]) -> tuple[dict[str, int | None], dict[str, int]]:
    """Who goes on with which stored story: the id for each given name, and for each article that keeps its story.

    A stored story goes to a given name if more than half of its articles have that name; what it held beside them
    is grouped anew. Of several such stories a given name takes the one with most articles, and of these the oldest.
    """
    holders: dict[int, Counter[str | None]] = defaultdict(Counter)
    for document in documents:
        if document.story is not None:
            holders[document.story][document.given] += 1
    offers: dict[str, list[tuple[int, int]]] = defaultdict(list)
    owned: set[int] = set()
    for story, names in holders.items():
        for name, count in names.items():
            if name is not None and 2 * count > names.total():
                offers[name].append((-count, story))
                owned.add(story)
    given: dict[str, int | None] = {document.given: None for document in documents if document.given is not None}
    given.update({name: min(stories)[1] for name, stories in offers.items()})
    kept = {
        document.id: document.story
        for document in documents
        if document.story is not None and document.given is None and document.story not in owned
    }
    return given, kept


def _story(
    documents: Sequence[StoryDocument],
    vectors: Vectors,
    members: Sequence[int],
    anchors: Sequence[int | None],
    given: str | None,
    numbered: TermNumbers,
) -> StoryGroup:
    members = sorted(members)
    story = next((anchors[member] for member in members if anchors[member] is not None), None)
    return StoryGroup(
        article_ids=tuple(documents[member].id for member in members),
        story=story,
        given=given,
        title=_central_title(documents, vectors, members, numbered),
    )


def _central_title(
    documents: Sequence[StoryDocument], vectors: Vectors, members: Sequence[int], numbered: TermNumbers
) -> str:
    titled = [member for member in members if documents[member].title.strip()]
    if not titled:
        return documents[members[0]].text.strip()[:100]
    if len(titled) == 1:
        return documents[titled[0]].title.strip()
    terms = {member: sorted(set(numbered(documents[member].title))) for member in titled}
    asked = np.array(sorted(set().union(*terms.values())), dtype=np.int64)
    told = _told(vectors, members, asked)

    def closeness(member: int) -> float:
        rare = vectors.rarity[terms[member]]
        length = math.sqrt(float(np.sum(rare**2)))
        places = np.searchsorted(asked, terms[member])
        return round(float(np.sum(told[places] * rare)) / length, 9) if length else 0.0

    best = min(titled, key=lambda member: (-closeness(member), documents[member].published or "9", member))
    return documents[best].title.strip()


def _told(vectors: Vectors, members: Sequence[int], columns: np.ndarray) -> np.ndarray:
    """How much the members tell of each of these columns (sorted), together."""
    rows = vectors.whole
    places = np.concatenate([np.arange(rows.indptr[member], rows.indptr[member + 1]) for member in members])
    found = np.searchsorted(columns, rows.indices[places])
    held = np.append(columns, -1)[found] == rows.indices[places]
    return np.bincount(found[held], rows.data[places[held]], minlength=len(columns))

"""What models judged of pairs, as it is stored, and what it makes of a story's comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlite_utils import Database

from ..matching.alignment import Aligned, primary_and_moved
from ..matching.differences import find_differences
from ..matching.explain import explain
from ..matching.facts import AVERAGE, group_facts
from ..matching.index import StoryIndex, build_index
from ..matching.settings import MatchSettings
from ..records import Fact, Match, NearMiss, StoryArticle, StoryComparison, StorySentence, Why
from .judge_prompt import VERDICTS

LATEST = """
SELECT id, answer, model, score, left_article_id, left_text, right_article_id, right_text FROM judgements
WHERE answer <> 'none' ORDER BY id
"""
OF_PEOPLE = """
SELECT left_article_id, left_text, right_article_id, right_text, verdict FROM verdicts
WHERE verdict IN ('right', 'wrong')
"""
SAME_SHARE = {"verbatim": 1.0, "near-verbatim": 1.0, "paraphrase": 0.8, "partial": 0.4}
"""About how many of the matches of a kind tell all the same; ranks matches whose own figure is not stored."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A model's verdict on two sentences, `same`, `part` or `different`."""

    id: int
    answer: str
    model: str
    score: float
    """The matcher's score when the model was asked."""
    articles: frozenset[str]
    """The two articles of which it was asked."""


Pair = tuple[int, int]
"""Ids of two sentences; the first is of the article whose id sorts first."""


def pair_hash(one: str, other: str) -> str:
    """What two sentences' words are known by, whichever of them comes first."""
    hashes = sorted(sha256(text.encode()).digest() for text in (one, other))
    return sha256(b"".join(hashes)).hexdigest()


class Judged:
    """All that models judged, to be asked story by story. Of several judgements of a pair the latest counts."""

    def __init__(self, db: Database) -> None:
        self._partners: dict[str, dict[str, Judgement]] = defaultdict(dict)
        for id, answer, model, score, left, left_text, right, right_text in db.execute(LATEST):
            one = Judgement(id, answer, model, score, frozenset((left, right)))
            self._partners[left_text][right_text] = self._partners[right_text][left_text] = one
        self._people: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
        for *pair, verdict in db.execute(OF_PEOPLE) if self._partners else ():
            self._people[tuple(pair)].add(verdict)

    def of_story(self, articles: Sequence[StoryArticle]) -> dict[Pair, Judgement]:
        """The judgements of pairs of these articles that no person contradicts."""
        holders: dict[str, list[StorySentence]] = defaultdict(list)
        for sentence in (s for a in articles for s in a.sentences if s.role != "boilerplate"):
            if sentence.text in self._partners:
                holders[sentence.text].append(sentence)
        found: dict[Pair, Judgement] = {}
        for text, lefts in holders.items():
            for other, judgement in self._partners[text].items():
                for left in lefts:
                    for right in holders.get(other, ()):
                        if left.article_id < right.article_id and left.source_id != right.source_id:
                            people = self._people.get((left.article_id, text, right.article_id, other), set())
                            if ("right" if judgement.answer == "different" else "wrong") not in people:
                                found[left.id, right.id] = judgement
        return found


def apply_judgements(
    articles: Sequence[StoryArticle],
    comparison: StoryComparison,
    judged: Mapping[Pair, Judgement],
    settings: MatchSettings,
) -> StoryComparison:
    """What the matcher found in a story, with the pairs that a model judged decided as it says.

    A pair judged `same` or `part` is a match, one judged `different` is none and stays as a near miss; scores remain
    the matcher's. Rows and facts are found anew where that changes which pairs match. A judgement from other articles
    counts only for pairs that the matcher found near itself.
    """
    sentence = {s.id: s for a in articles for s in a.sentences}
    near: dict[Pair, float] = {}
    for miss in comparison.near_misses:
        pair = miss.sentence_id, miss.near_sentence_id
        left, right = sorted(pair, key=lambda id: sentence[id].article_id)
        near[left, right] = miss.score
    matched = {(m.left_id, m.right_id) for m in comparison.matches}
    decided = {
        pair: one
        for pair, one in judged.items()
        if pair in matched or pair in near or {sentence[id].article_id for id in pair} == one.articles
    }
    if not decided:
        return comparison
    kept, dropped = [], []
    for match in comparison.matches:
        judgement = decided.get((match.left_id, match.right_id))
        if judgement is None:
            kept.append(match)
        elif judgement.answer == "different":
            dropped.append(match)
        else:
            kept.append(_judged_match(match, judgement, articles, sentence))
    new = [(pair, one) for pair, one in sorted(decided.items()) if pair not in matched and one.answer in VERDICTS[:2]]
    if new or dropped:
        story = _Story(articles, settings)
        for (left, right), one in new:
            found = Match(left, right, near.get((left, right), one.score), "paraphrase", story.why(left, right))
            kept.append(_judged_match(found, one, articles, sentence))
        kept.sort(key=lambda m: (m.left_id, m.right_id))
        comparison = story.arrange(comparison, kept)
    else:
        comparison = replace(comparison, matches=tuple(kept))
    return replace(comparison, near_misses=_near_misses(comparison, dropped, decided, sentence))


def _judged_match(
    match: Match, judgement: Judgement, articles: Sequence[StoryArticle], sentence: Mapping[int, StorySentence]
) -> Match:
    kind = match.kind
    if kind in ("paraphrase", "partial"):
        kind = "partial" if judgement.answer == "part" else "paraphrase"
    left, right = sentence[match.left_id], sentence[match.right_id]
    by_id = {a.id: a for a in articles}
    return replace(
        match,
        kind=kind,
        why=replace(match.why, judged=(f"{judgement.answer} ({judgement.model})",)),
        judgement_id=judgement.id,
        differences=find_differences(left, right, kind, by_id[left.article_id], by_id[right.article_id], match.score),
    )


def _near_misses(
    comparison: StoryComparison,
    dropped: Sequence[Match],
    decided: Mapping[Pair, Judgement],
    sentence: Mapping[int, StorySentence],
) -> tuple[NearMiss, ...]:
    """Near misses of the sentences that have no match in the other article, those that were matches among them."""
    told = {(m.left_id, sentence[m.right_id].article_id) for m in comparison.matches}
    told |= {(m.right_id, sentence[m.left_id].article_id) for m in comparison.matches}
    lost = sorted(dropped, key=lambda m: (-m.score, m.left_id, m.right_id))
    best: dict[tuple[int, str], NearMiss] = {}
    for miss in (
        *(NearMiss(m.left_id, m.right_id, m.score) for m in lost),
        *(NearMiss(m.right_id, m.left_id, m.score) for m in lost),
        *comparison.near_misses,
    ):
        key = miss.sentence_id, sentence[miss.near_sentence_id].article_id
        if key not in told and (key not in best or miss.score > best[key].score):
            best[key] = miss
    out = []
    for miss in best.values():
        pair = miss.sentence_id, miss.near_sentence_id
        judgement = decided.get(pair) or decided.get(pair[::-1])
        out.append(replace(miss, judgement_id=judgement.id if judgement else None))
    return tuple(sorted(out, key=lambda n: (n.sentence_id, n.near_sentence_id)))


class _Story:
    """A story's sentences as the matcher sees them, to arrange another set of matches."""

    def __init__(self, articles: Sequence[StoryArticle], settings: MatchSettings) -> None:
        ordered = sorted(articles, key=lambda a: (a.source_id, a.published or "9999", a.id))
        self.index: StoryIndex = build_index(ordered, settings.language, settings.most_copies)
        self.ids = [s.id for s in self.index.sentences]
        self.row = {id: row for row, id in enumerate(self.ids)}

    def why(self, left: int, right: int) -> Why:
        return explain(self.index, self.row[left], self.row[right])

    def arrange(self, comparison: StoryComparison, matches: Sequence[Match]) -> StoryComparison:
        """The comparison with these matches, their rows and their facts.

        Primary matches keep their rows; what is free goes to the best of the others. A judged match weighs in a fact
        what a fact needs, and not more: it may be one, and does not pull others together.
        """
        rows = [self._aligned(k, m, m.score, float(m.is_primary)) for k, m in enumerate(matches)]
        primary, moved = primary_and_moved(self.index, rows)
        weighed = [
            self._aligned(k, m, max(m.score, AVERAGE) if m.judgement_id else m.score, m.score * SAME_SHARE[m.kind])
            for k, m in enumerate(matches)
        ]
        again = {(self.row[a], self.row[b]): sure for a, b, sure in comparison.told_again}
        facts = group_facts(self.index, weighed, again)
        return replace(
            comparison,
            matches=tuple(replace(m, is_primary=k in primary, is_moved=k in moved) for k, m in enumerate(matches)),
            facts=tuple(Fact(tuple(self.ids[row] for row in one)) for one in facts),
        )

    def _aligned(self, k: int, match: Match, score: float, same: float) -> Aligned:
        left, right = sorted((self.row[match.left_id], self.row[match.right_id]))
        return Aligned(k, left, right, score, same, match.kind)

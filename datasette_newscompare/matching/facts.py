"""Matched sentences of several sources taken as one fact, without chaining different facts together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from .alignment import Aligned
from .index import StoryIndex
from .repeats import Again
from .scorer import Scored

AVERAGE = 0.6
"""Mean score that all pairs must reach, unmatched pairs counted 0, for sentences to be one fact."""

ToldAgain = Mapping[tuple[int, int], float]
"""Pairs of rows of one source that tell the same, the lower first, and how sure that is."""


def told_again(repeats: Sequence[Again], scored: Scored) -> dict[tuple[int, int], float]:
    """Which sentences of one source tell the same: repeats, and what would be one fact if it stood in two articles."""
    siblings = zip(scored.sibling_left.tolist(), scored.sibling_right.tolist(), scored.sibling.tolist(), strict=True)
    found = {(a, b): score for a, b, score in siblings if score >= AVERAGE}
    return found | {(r.of, r.row): 1.0 for r in repeats}


def group_facts(index: StoryIndex, matches: Sequence[Aligned], again: ToldAgain) -> list[tuple[int, ...]]:
    """Groups of rows that tell one fact, each row in one group at most, in reading order; two sources at least.

    Groups grow from the surest match down, by average linkage: two groups join where the mean score over their pairs
    reaches `AVERAGE`, so a chain a~b~c breaks where a and c do not match. Sentences of one source stand in one fact
    only where they are in `again`: else each tells something of its own. A row with a stand-in joins the fact of what
    it is matched with, once all others have theirs.
    """
    compared = [m for m in matches if index.stand_in[m.left] == m.left and index.stand_in[m.right] == m.right]
    score = {(m.left, m.right): m.score for m in compared} | dict(again)
    score |= {(b, a): sure for (a, b), sure in score.items()}
    group_of: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    for row in sorted({r for m in compared for r in (m.left, m.right)}):
        group_of[row] = row
        groups[row] = [row]
    for m in sorted(compared, key=lambda m: (-(m.score + m.same), m.left, m.right)):
        a, b = group_of[m.left], group_of[m.right]
        if a == b or not _may_join(index, groups[a], groups[b], score):
            continue
        for row in groups[b]:
            group_of[row] = a
        groups[a] += groups.pop(b)
    if len(compared) < len(matches):
        _join_copies(index, matches, group_of, groups, score)
    return sorted(tuple(sorted(g)) for g in groups.values() if len({int(index.source[r]) for r in g}) > 1)


def _join_copies(
    index: StoryIndex,
    matches: Sequence[Aligned],
    group_of: dict[int, int],
    groups: dict[int, list[int]],
    score: Mapping[tuple[int, int], float],
) -> None:
    """Put each matched row that has a stand-in into the group of its match, unless its source tells otherwise there."""
    of_source: dict[tuple[int, int], list[int]] = defaultdict(list)
    for group, rows in groups.items():
        for row in rows:
            of_source[group, int(index.source[row])].append(row)
    for m in matches:
        row, other = (m.left, m.right) if index.stand_in[m.left] != m.left else (m.right, m.left)
        if index.stand_in[row] == row or row in group_of or other not in group_of:
            continue
        group = group_of[other]
        own = of_source[group, int(index.source[row])]
        if not own or any((row, one) in score for one in own):
            own.append(row)
            groups[group].append(row)
            group_of[row] = group


def _may_join(index: StoryIndex, a: Sequence[int], b: Sequence[int], score: Mapping[tuple[int, int], float]) -> bool:
    total = 0.0
    for x in a:
        for y in b:
            if (x, y) in score:
                total += score[x, y]
            elif index.source[x] == index.source[y]:
                return False
    return total / (len(a) * len(b)) >= AVERAGE

"""Sentences that very many articles of a story carry word for word, such as a wire report that everybody prints.

Every two of n copies would be n² pairs that say nothing new. So a story compares the first copies of such a sentence
with each other and with all else; each further copy is matched with the first, where those that were compared match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def stand_ins(
    words: Sequence[Hashable], source: Sequence[int], told: Sequence[tuple[str, str]], most: int
) -> NDArray[np.int64]:
    """For each sentence the row that is compared in its place: its own, or that of the first copy in another source.

    Given are each sentence's words in order, in any form, its source, and when it was published in which article
    (both sort as text). Of a sentence that more than `most` rows hold in the same words, the first `most` are compared:
    one of each source before a second one, and the earlier before the later. A further copy gets -1 where no other
    source has one.
    """
    out = np.arange(len(words))
    if len(words) <= most:
        return out
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for row, one in enumerate(words):
        holders[one].append(row)
    for rows in holders.values():
        if len(rows) <= most:
            continue
        seen: dict[int, int] = defaultdict(int)
        ranks = {}
        for row in rows:
            ranks[row] = seen[source[row]]
            seen[source[row]] += 1
        ordered = sorted(rows, key=lambda row: (ranks[row], told[row], row))
        first = ordered[0]
        second = next((row for row in ordered if source[row] != source[first]), -1)
        for row in ordered[most:]:
            out[row] = first if source[row] != source[first] else second
    return out

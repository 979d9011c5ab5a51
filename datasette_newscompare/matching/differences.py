"""Where the two sides of a match disagree, and where their numbers agree.

Each kind is found by its own module; `docs/differences.md` tells what is flagged, what is left alone, and how often a
reader agreed with the flags. What is doubtful is not flagged.
"""

from __future__ import annotations

from ..records import Difference, Quantity, StoryArticle, StorySentence
from ..text.agreement import same_quantity
from .difference_attribution import attribution_differences
from .difference_dates import date_differences
from .difference_names import name_differences
from .difference_numbers import number_differences
from .difference_quotes import quote_differences
from .difference_titles import title_differences


def find_differences(
    left: StorySentence,
    right: StorySentence,
    kind: str,
    left_article: StoryArticle | None = None,
    right_article: StoryArticle | None = None,
    score: float = 1.0,
) -> tuple[Difference, ...]:
    """The differences between two matched sentences, in the order of the left one's text.

    `kind` and `score` are the match's (one of MATCH_KINDS; 0 to 1). With the articles given, words are not called left
    out that the other article has in a sentence nearby. Offsets are the articles'; a `note` says in words what differs.
    """
    found = [
        *number_differences(left, right, kind, score),
        *date_differences(left, right, kind, score),
        *name_differences(left, right),
        *title_differences(left, right),
        *quote_differences(left, right, left_article, right_article),
        *attribution_differences(left, right, kind, left_article, right_article),
    ]
    return tuple(sorted(found, key=lambda d: (_place(d.left_start), _place(d.right_start), d.kind)))


def _place(offset: int | None) -> float:
    return float("inf") if offset is None else offset


def shared_quantities(left: StorySentence, right: StorySentence) -> tuple[tuple[Quantity, Quantity], ...]:
    """The quantities on which the two sentences agree, as pairs in the left one's order, each used once.

    Money that one side also gives in another currency agrees by the currency both give.
    """
    pairs: list[tuple[Quantity, Quantity]] = []
    free = list(right.quantities)
    for quantity in left.quantities:
        same = [other for other in free if same_quantity(quantity, other)]
        if same:
            best = min(same, key=lambda other: (other.value != quantity.value, other.start))
            free.remove(best)
            pairs.append((quantity, best))
    return tuple(pairs)

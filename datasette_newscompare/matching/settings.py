"""What the matcher can be told, in one typed object that is stored with each run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """How a story is compared. The defaults are what `docs/matching.md` gives figures for."""

    level: str = "lexical"
    """`lexical` needs numpy and scipy only; `encoder` adds an encoder and a reader of pairs (slower, finer);
    `embedding` what vectors of the sentences say that the caller gives."""
    language: str = "en"
    """Whose word frequencies tell how rare a word is: a code that `wordfreq` knows."""
    threshold: float | None = None
    """Smallest score of a match, 0 to 1. None: the one that the packaged model was tuned with."""
    near_miss_floor: float = 0.05
    """Smallest score at which the best candidate of an unmatched sentence is kept as its near miss."""
    candidates_per_sentence: int = 8
    """How many sentences of each other article are looked at closely for one sentence."""
    most_copies: int = 100
    """Of a sentence that more articles of a story carry word for word, so many copies are compared with everything;
    each further one is matched with the first copy only (`crowds.py`)."""

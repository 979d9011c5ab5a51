"""Words given to another speaker, and what one side hedges that the other states flatly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from ..records import Difference, StorySentence
from ..text.wordlists import listed
from ..text.words import normalise, words
from .difference_quotes import same_words
from .tokens import stem

_HEDGE = re.compile(
    r"\b(?:alleged(?:ly)?|allegations? (?:that|of)|allegedly|reportedly|purported(?:ly)?|supposed(?:ly)?|accused of|"
    r"suspected of|is said to|are said to|was said to|were said to|is believed to|are believed to|claim(?:s|"
    r"ed)? (?:that|to))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:den(?:y|ies|ied|ying|ial))\b", re.IGNORECASE)
_GUARDED = re.compile(
    r"\b(?:alleg\w*|accus\w*|reported\w*|reports?|purport\w*|suppos\w*|suspect\w*|claim\w*|believed?|den(?:y|ies|"
    r"ied|ying|ials?)|reject\w*|"
    r"dismiss\w*|refut\w*|disput\w*|according to|charg\w+|apparent\w*|appears?|seem\w*|may have|might have|could have|"
    r"said|says?|saying|told|tells|testified|asserts?|asserted|insist\w*|contend\w*|indict\w*|guilty|plead\w*|pled|"
    r"convict\w*|"
    r"rumou?r\w*|unverified|unconfirmed|assertions?|contradict\w*|deni\w+|wrongdoing|falsely|false|lie[ds]?|fake|"
    r"sources?|"
    r"lawsuit|sued?|complaint|investigat\w*|probe|question\w*|if|whether|potential\w*|possible|possibly)\b",
    re.IGNORECASE,
)
_COMMON_TITLES = listed("mr mrs ms dr sen rep gov gen president senator representative the jr sr")


def attribution_differences(left: StorySentence, right: StorySentence, kind: str) -> Iterator[Difference]:
    """Quotations of the same words with another speaker, and a hedge that the other side lacks altogether."""
    seen = set()
    for ours in left.quotes:
        for theirs in right.quotes:
            if not ours.speaker or not theirs.speaker or not same_words(ours, theirs):
                continue
            if (ours.speaker, theirs.speaker) not in seen and not _same_person(ours.speaker, theirs.speaker):
                seen.add((ours.speaker, theirs.speaker))
                yield Difference(
                    "attribution",
                    ours.speaker,
                    theirs.speaker,
                    ours.speaker_start,
                    ours.speaker_end,
                    theirs.speaker_start,
                    theirs.speaker_end,
                    "another speaker",
                )
    if kind != "partial":
        yield from _hedged(left, right, False)
        yield from _hedged(right, left, True)


def _same_person(a: str, b: str) -> bool:
    """Whether two names share a word that is no title, or nearly so."""
    ours = [w.norm for w in words(a) if w.norm not in _COMMON_TITLES]
    theirs = [w.norm for w in words(b) if w.norm not in _COMMON_TITLES]
    if not ours or not theirs:
        return True
    return any(x == y or (min(len(x), len(y)) > 4 and Levenshtein.distance(x, y) <= 2) for x in ours for y in theirs)


def _hedged(hedging: StorySentence, flat: StorySentence, swapped: bool) -> Iterator[Difference]:
    text = normalise(flat.text)
    for m in _HEDGE.finditer(hedging.text):
        at, to = hedging.start + m.start(), hedging.start + m.end()
        if any(q.start <= at and to <= q.end for q in hedging.quotes) or _GUARDED.search(text) or flat.quotes:
            continue
        if _claim_shared(hedging.text, m.end(), text):
            note = "hedged right, flat left" if swapped else "hedged left, flat right"
            if swapped:
                yield Difference("attribution", None, m.group(), None, None, at, to, note)
            else:
                yield Difference("attribution", m.group(), None, at, to, None, None, note)
            return


def _claim_shared(text: str, at: int, other: str) -> bool:
    """Whether the words that the hedge is about stand on the other side too."""
    hedged = {stem(w.norm) for w in words(text[at : at + 90]) if len(w.norm) > 3}
    there = {stem(w.norm) for w in words(other)}
    return len(hedged) >= 3 and len(hedged & there) >= 0.5 * len(hedged)

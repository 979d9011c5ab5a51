"""Words given to another speaker, and what one side hedges that the other states flatly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from ..records import Difference, Quote, StoryArticle, StorySentence
from ..text.wordlists import listed
from ..text.words import normalise, words
from .difference_quotes import same_words
from .tokens import stem

FEWEST_SAME = 7
"""Words of a quotation from which two speakers of it are set against each other; short ones many people say."""
NEARLY_ALL = 0.9
"""Share of the shorter quotation's words that both must have to be set against each other for their speakers."""
NEARBY = 3
"""Sentences around a quotation in which the other speaker must not be named: the words may be theirs after all."""
HEDGED_REACH = 90
"""Characters after a hedge that tell what is hedged."""

SPEAKER_NOTE = "another speaker"
HEDGED_NOTE = "hedged on one side, flat on the other"

_HEDGE = re.compile(
    r"\b(?:alleged(?:ly)?|reportedly|purported(?:ly)?|accused of|suspected of|(?:is|are|was|were) said to|"
    r"(?:is|are) believed to)\b",
    re.IGNORECASE,
)
# Any of these on the other side leaves it less than flat.
_GUARDED = re.compile(
    r"\b(?:alleg\w*|accus\w*|report\w*|purport\w*|suppos\w*|suspect\w*|claim\w*|believe\w*|den(?:y|ies|ied|ying|ials?)|"
    r"reject\w*|dismiss\w*|refut\w*|disput\w*|according to|charg\w+|apparent\w*|appears?|seem\w*|may|might|could|"
    r"said|says?|saying|told|tells|testif\w*|assert\w*|insist\w*|contend\w*|indict\w*|guilty|plead\w*|pled|"
    r"convict\w*|rumou?r\w*|unverified|unconfirmed|contradict\w*|wrongdoing|falsely|false|lie[ds]?|fake|sources?|"
    r"lawsuit|sued?|complaint|investigat\w*|probe|question\w*|if|whether|potential\w*|possibl[ey]|called|calls|"
    r"described?|wrote|writes|memos?|documents?|show(?:s|ed)?|think\w*|thought|likely|would)\b",
    re.IGNORECASE,
)
_COMMON = listed("mr mrs ms dr sen rep gov gen president senator representative the jr sr of and")


def attribution_differences(
    left: StorySentence,
    right: StorySentence,
    kind: str,
    left_article: StoryArticle | None = None,
    right_article: StoryArticle | None = None,
) -> Iterator[Difference]:
    """Quotations of the same words with another speaker, and a hedge that the other side lacks altogether."""
    seen = set()
    for ours in left.quotes:
        for theirs in right.quotes:
            pair = (ours.speaker, theirs.speaker)
            if pair in seen or not _two_speakers(left, ours, right, theirs, left_article, right_article):
                continue
            seen.add(pair)
            yield Difference(
                "attribution",
                ours.speaker,
                theirs.speaker,
                ours.speaker_start,
                ours.speaker_end,
                theirs.speaker_start,
                theirs.speaker_end,
                SPEAKER_NOTE,
            )
    if kind != "partial":
        for at, to, text in _hedged(left, right):
            yield Difference("attribution", text, None, at, to, None, None, HEDGED_NOTE)
        for at, to, text in _hedged(right, left):
            yield Difference("attribution", None, text, None, None, at, to, HEDGED_NOTE)


def _two_speakers(
    left: StorySentence,
    ours: Quote,
    right: StorySentence,
    theirs: Quote,
    left_article: StoryArticle | None,
    right_article: StoryArticle | None,
) -> bool:
    """Whether both sides name a speaker of the same words, and neither names the other's anywhere near."""
    one, other = ours.speaker, theirs.speaker
    if not one or not other or min(len(words(ours.text)), len(words(theirs.text))) < FEWEST_SAME:
        return False
    if not _within(left, ours) or not _within(right, theirs):
        return False
    if not same_words(ours, theirs, NEARLY_ALL) or _same_person(one, other):
        return False
    return not _named_near(one, right, right_article) and not _named_near(other, left, left_article)


def _within(sentence: StorySentence, quote: Quote) -> bool:
    """Whether the sentence itself names the speaker, rather than one before it."""
    return quote.speaker_start is not None and 0 <= quote.speaker_start - sentence.start < len(sentence.text)


def _named_near(name: str, sentence: StorySentence, article: StoryArticle | None) -> bool:
    near = [s for s in article.sentences if abs(s.position - sentence.position) <= NEARBY] if article else [sentence]
    wanted = {w.norm for w in words(name)} - _COMMON
    return any(wanted & {w.norm for w in words(one.text)} for one in near)


def _same_person(a: str, b: str) -> bool:
    """Whether two names share a word that is no title, or nearly so, or one is the other's initials."""
    ours = [w.norm for w in words(a) if w.norm not in _COMMON]
    theirs = [w.norm for w in words(b) if w.norm not in _COMMON]
    if not ours or not theirs or _initials(ours) == "".join(theirs) or _initials(theirs) == "".join(ours):
        return True
    return any(x == y or (min(len(x), len(y)) > 2 and Levenshtein.distance(x, y) <= 2) for x in ours for y in theirs)


def _initials(names: list[str]) -> str:
    return "".join(name[0] for name in names)


def _hedged(hedging: StorySentence, flat: StorySentence) -> Iterator[tuple[int, int, str]]:
    """The first hedge of a sentence, where the other tells the same without hedge, attribution or quotation."""
    if flat.quotes or not _HEDGE.search(hedging.text):
        return
    text = normalise(flat.text)
    if _GUARDED.search(text):
        return
    for m in _HEDGE.finditer(hedging.text):
        at, to = hedging.start + m.start(), hedging.start + m.end()
        if not any(q.start <= at and to <= q.end for q in hedging.quotes) and _told(hedging.text[m.end() :], text):
            yield at, to, m.group()
            return


def _told(hedged: str, other: str) -> bool:
    """Whether the words that a hedge is about stand on the other side too."""
    wanted = {stem(w.norm) for w in words(hedged[:HEDGED_REACH]) if len(w.norm) > 3}
    return len(wanted) >= 3 and len(wanted & {stem(w.norm) for w in words(other)}) >= 0.5 * len(wanted)

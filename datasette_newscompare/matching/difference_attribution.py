"""Words given to another speaker, and what one side hedges that the other states flatly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from ..records import Difference, Quote, StoryArticle, StorySentence
from ..text.wordlists import listed
from ..text.words import normalise, norms
from .difference_quotes import same_words
from .forms import stem

FEWEST_SAME = 7
"""Words of a quotation from which two speakers of it are set against each other; short ones many people say."""
NEARLY_ALL = 0.9
"""Share of the shorter quotation's words that both must have to be set against each other for their speakers."""
NEARBY = 3
"""Sentences around a quotation in which the other speaker must not be named: the words may be theirs after all."""
HEDGED_REACH = 90
"""Characters after a hedge that tell what is hedged."""
TOLD = 0.5
"""Share of the hedged words that the flat side must tell too."""
TOLD_ALL = 0.7
"""The same, both ways, where what one side lacks is no more than from whom the other has it."""

SPEAKER_NOTE = "another speaker"
HEDGED_NOTE = "hedged on one side, flat on the other"
DENIED_NOTE = "denied on one side, flat on the other"
SOURCED_NOTE = "attributed on one side, flat on the other"

_HEDGE = re.compile(
    r"\b(?:alleged(?:ly)?|reportedly|purported(?:ly)?|accused of|suspected of|(?:is|are|was|were) said to|"
    r"(?:is|are) believed to)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\bden(?:y|ies|ied|ying)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(r"\b(?:initially|first|previously|earlier|once|until|acknowledg\w+|admit\w+)\b", re.IGNORECASE)
_SOURCED = re.compile(r"\baccording to\b", re.IGNORECASE)
_KINDS = ((_HEDGE, HEDGED_NOTE), (_DENIAL, DENIED_NOTE), (_SOURCED, SOURCED_NOTE))
# Any of these on the other side leaves it less than flat.
_GUARDED = re.compile(
    r"\b(?:alleg\w*|accus\w*|report\w*|purport\w*|suppos\w*|suspect\w*|claim\w*|believe\w*|den(?:y|ies|ied|ying|ials?)|"
    r"reject\w*|dismiss\w*|refut\w*|disput\w*|according to|charg\w+|apparent\w*|appears?|seem\w*|may|might|could|"
    r"said|says?|saying|told|tells|testif\w*|assert\w*|insist\w*|contend\w*|indict\w*|guilty|plead\w*|pled|"
    r"convict\w*|rumou?r\w*|unverified|unconfirmed|contradict\w*|wrongdoing|falsely|false|lie[ds]?|fake|sources?|"
    r"lawsuit|sued?|complaint|investigat\w*|probe|question\w*|if|whether|potential\w*|possibl[ey]|called|calls|"
    r"announc\w*|implicat\w*|calculat\w*|estimat\w*|admit\w*|acknowledg\w*|confess\w*|described?|wrote|writes|memos?|documents?|show(?:s|ed)?|think\w*|thought|likely|would)\b",
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
        for at, to, text, note in _hedged(left, right, right_article):
            yield Difference("attribution", text, None, at, to, None, None, note)
        for at, to, text, note in _hedged(right, left, left_article):
            yield Difference("attribution", None, text, None, None, at, to, note)


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
    if not one or not other or min(len(norms(ours.text)), len(norms(theirs.text))) < FEWEST_SAME:
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
    wanted = set(norms(name)) - _COMMON
    return any(not wanted.isdisjoint(norms(one.text)) for one in near)


def _same_person(a: str, b: str) -> bool:
    """Whether two names share a word that is no title, or nearly so, or one is the other's initials."""
    ours = [norm for norm in norms(a) if norm not in _COMMON]
    theirs = [norm for norm in norms(b) if norm not in _COMMON]
    if not ours or not theirs or _initials(ours) == "".join(theirs) or _initials(theirs) == "".join(ours):
        return True
    return any(x == y or (min(len(x), len(y)) > 2 and Levenshtein.distance(x, y) <= 2) for x in ours for y in theirs)


def _initials(names: list[str]) -> str:
    return "".join(name[0] for name in names)


def _hedged(
    hedging: StorySentence, flat: StorySentence, flat_article: StoryArticle | None
) -> Iterator[tuple[int, int, str, str]]:
    """The first hedge, denial or attribution, where the other side tells the same flatly: place, words and note."""
    if flat.quotes or not any(pattern.search(hedging.text) for pattern, _ in _KINDS):
        return
    text = normalise(flat.text)
    if _GUARDED.search(text):
        return
    for pattern, note in _KINDS:
        for m in pattern.finditer(hedging.text):
            at, to = hedging.start + m.start(), hedging.start + m.end()
            if any(q.start <= at and to <= q.end for q in hedging.quotes):
                continue
            if note == DENIED_NOTE and _TAKEN_BACK.search(hedging.text):
                continue
            if note == SOURCED_NOTE:
                rest = _without_source(hedging.text, m)
                told = (
                    not _guarded_nearby(flat, flat_article)
                    and _told(rest, text, TOLD_ALL)
                    and _told(text, rest, TOLD_ALL)
                )
            else:
                told = _told(hedging.text[m.end() :], text)
            if told:
                yield at, to, m.group(), note
                return


def _guarded_nearby(sentence: StorySentence, article: StoryArticle | None) -> bool:
    """Whether a neighbouring sentence of the same paragraph, or the next one, says from whom the article has it."""
    near = article.sentences if article else ()
    return any(
        0 < abs(s.position - sentence.position) <= 1 and _GUARDED.search(normalise(s.text))
        for s in near
        if s.paragraph == sentence.paragraph or s.position > sentence.position
    )


def _without_source(text: str, m: re.Match[str]) -> str:
    """What a sentence tells according to somebody: the words before that, or those after the name and a comma."""
    if m.start() > HEDGED_REACH / 3:
        return text[max(0, m.start() - HEDGED_REACH) : m.start()]
    return text[m.end() :].partition(",")[2]


def _told(told: str, other: str, share: float = TOLD) -> bool:
    """Whether the words of a stretch stand in another text too: `share` of those of more than three letters."""
    wanted = {stem(norm) for norm in norms(told[:HEDGED_REACH]) if len(norm) > 3}
    return len(wanted) >= 3 and len(wanted & {stem(norm) for norm in norms(other)}) >= share * len(wanted)

"""Quotations that are cut, altered, or told without quotation marks on one side."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import Match, SequenceMatcher
from itertools import pairwise

from ..records import Difference, Quote, StoryArticle, StorySentence
from ..text.numbers import spelled_value
from ..text.wordlists import listed
from ..text.words import Word, norms, plain, words

FEWEST = 4
"""Words in a row that two quotations must share to be the same words spoken."""
FEWEST_UNMARKED = 6
"""Words of a quotation whose marks the other side leaves out; shorter ones are terms and titles."""
SHARED = 0.7
"""Least share of the shorter quotation's words that both must have."""
LEFT_OUT = 3
"""Words at a quotation's edge or inside from which leaving them out is shown."""
NEARBY = 4
"""Sentences on each side of a sentence in which its words count as not left out."""
ALTERED = "altered"
IN_PART = "quoted in part"
UNMARKED = "in quotation marks on one side only"
"""Notes name no side, for pages show the sides in either order."""
_REPORTING = listed("said says told wrote tweeted added according described warned argued stated")
"""Without one of these a sentence may itself be quoted, in a block that needs no marks."""
_FIRST_PERSON = frozenset(("i", "my", "me", "we", "our"))


def quote_differences(
    left: StorySentence, right: StorySentence, left_article: StoryArticle | None, right_article: StoryArticle | None
) -> Iterator[Difference]:
    """Quotations of both sides that share a run of words but differ; and words that only one side puts in marks."""
    for ours in left.quotes:
        for theirs in right.quotes:
            note = _compared(left, ours, right, theirs, left_article, right_article)
            if note:
                yield Difference("quote", ours.text, theirs.text, ours.start, ours.end, theirs.start, theirs.end, note)
    for quote in left.quotes:
        run = _unmarked(quote, right)
        if run:
            yield Difference("quote", quote.text, run[2], quote.start, quote.end, run[0], run[1], UNMARKED)
    for quote in right.quotes:
        run = _unmarked(quote, left)
        if run:
            yield Difference("quote", run[2], quote.text, run[0], run[1], quote.start, quote.end, UNMARKED)


def _compared(
    left: StorySentence,
    ours: Quote,
    right: StorySentence,
    theirs: Quote,
    left_article: StoryArticle | None,
    right_article: StoryArticle | None,
) -> str | None:
    """How two quotations of the same words differ, in words; None where they do not."""
    blocks = _shared(ours, theirs, SHARED)
    if not blocks or max(m.size for m in blocks) < FEWEST:
        return None
    a, b = words(ours.text), words(theirs.text)
    first, last = blocks[0], blocks[-1]
    inner_a = _gaps(a, [(m.a, m.size) for m in blocks])
    inner_b = _gaps(b, [(m.b, m.size) for m in blocks])
    gaps = [(gap, rest) for gap, rest in zip(inner_a, inner_b, strict=True) if gap and rest]
    altered = any(not _spelt_alike(gap, rest) for gap, rest in gaps)
    edges_a = [a[: first.a], a[last.a + last.size :]]
    edges_b = [b[: first.b], b[last.b + last.size :]]
    cut = _left_out(edges_a, inner_a, inner_b, right, theirs, right_article) or _left_out(
        edges_b, inner_b, inner_a, left, ours, left_article
    )
    return ", ".join([ALTERED] * altered + [IN_PART] * cut) or None


def _shared(ours: Quote, theirs: Quote, share: float) -> list[Match]:
    """The runs of words that two quotations share; none where they hold less than `share` of the shorter one, or less
    than `FEWEST` words."""
    a, b = norms(ours.text), norms(theirs.text)
    least = max(FEWEST, share * min(len(a), len(b)))
    if a == b and len(a) >= least:
        return [Match(0, 0, len(a))]
    in_b, in_a = set(b), set(a)
    if min(sum(word in in_b for word in a), sum(word in in_a for word in b)) < least:
        return []
    found = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    runs = [m for m in found if m.size >= 2 or (m.size and len(found) <= 2)]
    return runs if sum(m.size for m in runs) >= least else []


def _gaps(found: list[Word], spans: list[tuple[int, int]]) -> list[list[Word]]:
    return [found[i + n : j] for (i, n), (j, _) in pairwise(spans)]


def _spelt_alike(gap: list[Word], other: list[Word]) -> bool:
    """Whether two short stretches differ in spelling only: "it's" and "it is", "percent" and "%"."""
    x, y = ("".join(_digits(w.norm) for w in piece).replace("'", "") for piece in (gap, other))
    return SequenceMatcher(None, x, y).ratio() >= 0.75


def _digits(word: str) -> str:
    value = spelled_value(word)
    return word if value is None else f"{value:g}"


def _left_out(
    edges: list[list[Word]],
    inner: list[list[Word]],
    inner_other: list[list[Word]],
    other: StorySentence,
    quote: Quote,
    article: StoryArticle | None,
) -> bool:
    """Whether `quote`, in `other`, leaves out words: inside, or at an edge where a mark of its own closes it."""
    if any(len(gap) >= LEFT_OUT and not rest for gap, rest in zip(inner, inner_other, strict=True)):
        return True
    at, to = quote.start - other.start, quote.end - other.start
    marked = [at > 0, to < len(other.text.rstrip())]
    for missing, mark in zip(edges, marked, strict=True):
        if mark and len(missing) >= LEFT_OUT and not _told_nearby([w.norm for w in missing], other, article):
            return True
    return False


def _told_nearby(missing: list[str], sentence: StorySentence, article: StoryArticle | None) -> bool:
    """Whether some run of the missing words stands in the sentence itself or in one near it."""
    near = [s for s in article.sentences if abs(s.position - sentence.position) <= NEARBY] if article else [sentence]
    runs = {tuple(missing[i : i + LEFT_OUT]) for i in range(len(missing) - LEFT_OUT + 1)}
    for one in near:
        told = norms(one.text)
        if any(told[i : i + LEFT_OUT] in runs for i in range(len(told) - LEFT_OUT + 1)):
            return True
    return False


def _unmarked(quote: Quote, other: StorySentence) -> tuple[int, int, str] | None:
    """Where the other sentence tells the quoted words in the same order without marks: (start, end, text)."""
    quoted = norms(quote.text)
    size = len(quoted)
    if size < FEWEST_UNMARKED:
        return None
    told = norms(other.text)
    i = next((i for i in range(len(told) - size + 1) if told[i : i + size] == quoted), None)
    if i is None or plain(other.text).count('"') % 2:
        return None
    found = words(other.text)
    at, to = found[i].start, found[i + size - 1].end
    start, end = other.start + at, other.start + to
    around = [w.norm for w in found[:i] + found[i + size :] if not _in_quotes(other.start + w.start, other)]
    marked = any(q.start < end and start < q.end for q in other.quotes) or '"' in plain(other.text[max(0, at - 3) : to])
    if marked or _REPORTING.isdisjoint(around) or not _FIRST_PERSON.isdisjoint(around):
        return None
    return start, end, other.text[at:to]


def _in_quotes(at: int, sentence: StorySentence) -> bool:
    return any(q.start <= at < q.end for q in sentence.quotes)


def same_words(ours: Quote, theirs: Quote, share: float = SHARED) -> bool:
    """Whether two quotations give the same words spoken: `share` of the shorter one stands in the other, in order."""
    return bool(_shared(ours, theirs, share))

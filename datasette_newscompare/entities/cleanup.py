"""Makes of what a language model took for names what a reader would call names. Pure, no spaCy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from ..records import Mention, Sentence
from ..text.words import is_title_case
from .evidence import settle, small_words
from .finding import credit_start, finder, named_by_title
from .names import known
from .spans import RawMention, trimmed_mentions


def clean_mentions(text: str, sentences: Sequence[Sentence], raw: Iterable[RawMention]) -> list[Mention]:
    """The article's mentions: trimmed, without junk, with what the model missed, sorted, without overlaps.

    Each lies within one sentence that isn't boilerplate, and its `text` is exactly `text[start:end]`.
    """
    told = [s for s in sentences if s.role != "boilerplate"]
    starts = [s.start for s in told]
    ends = [min(s.end, credit_start(s)) for s in told]
    titled = [is_title_case(s.text, s.role) for s in told]
    plain_text = "\n".join(s.text for s, in_title in zip(told, titled, strict=True) if not in_title)

    small = small_words(text)

    kept: list[Mention] = []
    for mention in raw:
        at = bisect_right(starts, mention.start) - 1
        if at < 0 or mention.start >= ends[at]:
            continue
        for trimmed in trimmed_mentions(text, starts[at], ends[at], mention):
            if titled[at] and plain_text and not known(trimmed.text) and not _stands_in(plain_text, trimmed.text):
                continue  # capitals say nothing in a headline: the text must write the same in a plain sentence
            kept.append(trimmed)
    given_away: list[Mention] = []
    for sentence, end, in_title in zip(told, ends, titled, strict=True):
        if not in_title:
            given_away.extend(named_by_title(text, sentence.start, end))
    kept = settle(text, small, _without_overlaps([*given_away, *kept]), given_away)
    find = finder(kept)
    found = list(kept)
    for sentence, end, in_title in zip(told, ends, titled, strict=True):
        found.extend(find(text, sentence.start, end, in_title))
    return settle(text, small, _without_overlaps(found), given_away)


def _stands_in(text: str, name: str) -> bool:
    return name in text or (name.isupper() and name.casefold() in text.casefold())


def _without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    """Longer mentions win over shorter ones that they overlap; sorted by start."""
    taken: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, m.start - m.end)):
        if taken and mention.start < taken[-1].end:
            if mention.end - mention.start > taken[-1].end - taken[-1].start:
                taken[-1] = mention
            continue
        taken.append(mention)
    return taken

"""Makes of what a language model took for names what a reader would call names. Pure, no spaCy."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..records import Mention, Sentence
from .finding import credit_start, finder, named_by_title
from .names import fold, known, name_key, person_words, tables


@dataclass(frozen=True, slots=True)
class RawMention:
    """What the model found: offsets into the article's text, and one of `records.ENTITY_TYPES`."""

    start: int
    end: int
    type: str


def clean_mentions(text: str, sentences: Sequence[Sentence], raw: Iterable[RawMention]) -> list[Mention]:
    """The article's mentions: trimmed, without junk, with what the model missed, sorted, without overlaps.

    Each lies within one sentence that isn't boilerplate, and its `text` is exactly `text[start:end]`.
    """
    told = [s for s in sentences if s.role != "boilerplate"]
    starts = [s.start for s in told]
    ends = [min(s.end, credit_start(s)) for s in told]
    titled = [is_title_case(s) for s in told]
    plain_text = "\n".join(s.text for s, in_title in zip(told, titled, strict=True) if not in_title)

    kept: list[Mention] = []
    for mention in raw:
        at = bisect_right(starts, mention.start) - 1
        if at < 0 or mention.start >= ends[at]:
            continue
        for trimmed in _trimmed(text, starts[at], ends[at], mention):
            if titled[at] and plain_text and not known(trimmed.text) and trimmed.text not in plain_text:
                continue  # capitals say nothing in a headline: the text must write the same in a plain sentence
            kept.append(trimmed)
    given_away: list[Mention] = []
    for sentence, end, in_title in zip(told, ends, titled, strict=True):
        if not in_title:
            given_away.extend(named_by_title(text, sentence.start, end))
    kept = _settle_types(_without_overlaps([*given_away, *kept]), given_away)
    find = finder(kept)
    found = list(kept)
    for sentence, end, in_title in zip(told, ends, titled, strict=True):
        found.extend(find(text, sentence.start, end, in_title))
    return _settle_types(_without_overlaps(found), given_away)


def is_title_case(sentence: Sentence) -> bool:
    """Whether most words of a headline or subheading are capitalised, so that capitals mark no names."""
    if sentence.role not in ("headline", "standfirst") and (
        len(sentence.text) > 100 or sentence.text.rstrip()[-1:] in '.!?"”'
    ):
        return False
    words = [w for w in _LETTERS.findall(sentence.text) if len(w) > 3]
    return len(words) >= 3 and sum(w[0].isupper() for w in words) >= 0.7 * len(words)


_LETTERS = re.compile(r"[^\W\d_]+")
_EDGES = " \t\n\r\u00a0\"“”«»„*_#~|,;:!?()[]{}<>-–—/\\'‘’`"
_NUMBER = re.compile(
    r"[£$€¥]?\d[\d.,]*\s?(?:bn|mn|m|tn|k|p|th|st|nd|rd|km|am|pm|s|x|g|kg|cm|mph|million|billion|trillion|percent)?(?:[-–]\d+)?",
    re.I,
)
_WEB = re.compile(r"https?:|www\.|@\w|\.(?:com|org|net|co\.uk)\b", re.I)
_SPLIT_PERSON = re.compile(r"\s(?:and|&)\s|,\s(?!Jr|Sr)|\s?[’']s\s|;|:|\s[–—-]\s|\s?\(|/")
_SPLIT_OTHER = re.compile(r"\s?/\s?|\s\(|;|\s[–—]\s|\n\s*\n")


def _trimmed(text: str, low: int, high: int, raw: RawMention) -> Iterator[Mention]:
    """What is left of a raw mention inside one sentence: nothing, one name, or several that the model ran together."""
    start, end = max(raw.start, low), min(raw.end, high)
    splitter = _SPLIT_PERSON if raw.type == "person" else _SPLIT_OTHER
    cuts = [start]
    for match in splitter.finditer(text, start, end):
        cuts += [match.start(), match.end()]
    cuts.append(end)
    pieces = list(zip(cuts[::2], cuts[1::2], strict=True))
    for number, (a, b) in enumerate(pieces):
        # "Ukraine's President X": what stands before the last piece is another name, whose type the model didn't say.
        type_ = raw.type if number == len(pieces) - 1 or splitter is _SPLIT_OTHER else ""
        mention = _one(text, low, high, a, b, type_)
        if mention is not None:
            yield mention


def _one(text: str, low: int, high: int, start: int, end: int, type_: str) -> Mention | None:
    start, end = _strip(text, start, end)
    surface = text[start:end]
    if not surface or surface.islower() or not any(c.isupper() for c in surface):
        return None
    if _NUMBER.fullmatch(surface) or text[start - 1 : start] in ("$", "£", "€", "¥") or _WEB.search(surface):
        return None
    table = known(surface)
    if table:
        return Mention(start, end, surface, table.type)
    type_ = type_ or ("person" if " " in surface else "organisation")
    if type_ == "person" and " " not in surface and _owns_like_a_company(text, end):
        return Mention(start, end, surface, "organisation")
    if type_ == "person":
        start, end = _person_span(text, low, high, start, end)
        surface = text[start:end]
        table = known(surface)
        if table:
            return Mention(start, end, surface, table.type)
        if not surface or any(c.isdigit() for c in surface):
            return None
    words = [fold(w) for w in re.findall(r"[^\W_]+", surface)]
    lists = tables()
    if not words or all(w in lists.not_names or len(w) == 1 for w in words):
        return None
    if " ".join(words) in lists.agencies:
        return (
            None if type_ in ("person", "work") or surface.isupper() else Mention(start, end, surface, "organisation")
        )
    if all(w in lists.titles or w in lists.portfolios for w in words):
        return None
    if type_ == "person" and words[-1] in lists.organisation_heads and len(words) > 1:
        type_ = "organisation"
    return Mention(start, end, surface, type_)


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without marks, "the", possessive and words that are never part of a name at its edges."""
    never = tables().not_names
    while True:
        before = (start, end)
        while start < end and text[start] in _EDGES:
            start += 1
        while start < end and text[end - 1] in _EDGES:
            end -= 1
        if text[max(start, end - 2) : end] in ("'s", "’s") and end - 2 > start:
            end -= 2
        if (
            end - start > 1
            and text[end - 1] == "."
            and not re.search(r"(?:\b\w|[JS]r|Inc|Corp|Co|Ltd)\.$", text[start:end])
        ):
            end -= 1
        first = re.match(r"\S+\s+", text[start:end])
        if first and (fold(first[0].strip(" .,")) in never or first[0][0].islower() and not first[0][0].isdigit()):
            if fold(first[0].strip()) not in tables().particles or fold(first[0].strip()) == "the":
                start += first.end()
        last = re.search(r"\s+(\S+)$", text[start:end])
        if last and last[1].islower() and fold(last[1].strip(".,")) not in tables().particles:
            end = start + last.start()
        elif last and fold(last[1]) in never and fold(last[1]) not in ("march", "april", "may", "june", "august"):
            end = start + last.start()
        if (start, end) == before:
            return start, end


_OWNED = re.compile(r"[’']s((?: [a-z-]+){1,3})")


def _owns_like_a_company(text: str, end: int) -> bool:
    """Whether what follows a single word is what companies have: "Rusal's largest smelters"."""
    owned = _OWNED.match(text, end)
    return bool(owned) and not tables().company_words.isdisjoint(owned[1].split())  # type: ignore[index]


_NEXT_WORD = re.compile(r"([ \u00a0]|\n)([^\W\d_][^\W_]*(?:[-'’‐][^\W_]+)*)")
_LAST_WORD = re.compile(r"([^\W\d_][^\W_]*(?:[-'’‐][^\W_]+)*)[ \n]$")


def _person_span(text: str, low: int, high: int, start: int, end: int) -> tuple[int, int]:
    """The span without title, country and portfolio before the name, and with the particles and what follows them."""
    lists = tables()
    while True:
        first = re.match(r"(\S+)\s+(?=\S)", text[start:end])
        if not first:
            break
        word = fold(first[1].strip(".,"))
        rest = len(re.findall(r"[^\W_]{2,}", text[start + first.end() : end]))
        table = known(first[1])
        is_title = word in lists.titles or bool(
            table and table.type in ("group", "place", "organisation") and rest >= 2
        )
        if not (is_title or (word in lists.portfolios and rest >= 2) or word in ("for", "of", "and")):
            break
        start += first.end()
    # "Ursula von" goes on with "der Leyen"; "Jean" in "Jean-Claude" goes on to the end of the word.
    while end < high and text[end] in "-‐‑" and text[end + 1 : end + 2].isupper():
        end = re.compile(r"[-‐‑][^\W_]+").match(text, end).end()  # type: ignore[union-attr]
    tail = fold(text[start:end].rsplit(" ", 1)[-1])
    position, particles = end, int(tail in lists.particles and " " in text[start:end])
    while True:
        following = _NEXT_WORD.match(text, position, high)
        if not following:
            break
        if following[2].islower() and fold(following[2]) in lists.particles:
            position, particles = following.end(), particles + 1
            continue
        if particles and following[2][0].isupper():
            end = re.sub(r"[’']s$", "", following[0]).__len__() + following.start()
        break
    head = re.match(r"[^\W_]+", text[start:end])
    if head and head[0].islower() and fold(head[0]) in lists.particles:
        position = start
        while before := _LAST_WORD.search(text[low:position]):
            position = low + before.start()
            if before[1][0].isupper():
                if fold(before[1]) not in lists.titles and fold(before[1]) not in lists.not_names:
                    start = position
                break
            if fold(before[1]) not in lists.particles:
                break
    tail_match = re.search(r"(?:\s+(\S+))$", text[start:end])
    if tail_match and tail_match[1].islower():
        end = start + tail_match.start()
    return start, end


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


def _settle_types(mentions: list[Mention], by_title: Iterable[Mention]) -> list[Mention]:
    """One type for each spelling of an article: the tables' where they know it, person for a known person's surname,
    else the most frequent."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    surnames: set[str] = set()
    for m in mentions:
        votes[name_key(m.text)][m.type] += 1
    for m in by_title:
        votes[name_key(m.text)]["person"] += 2  # a title says more than the model's guess
    for m in mentions:
        words = person_words(m.text)
        if m.type == "person" and len(words) > 1:
            surnames.add(words[-1])
    decided: dict[str, str] = {}
    for key, count in votes.items():
        if key in tables().known:
            decided[key] = tables().known[key].type
        elif key in surnames and not (count["place"] > 1 and count["place"] == sum(count.values())):
            decided[key] = "person"
        else:
            decided[key] = max(count, key=lambda type_: count[type_])
    return [m if decided[name_key(m.text)] == m.type else replace(m, type=decided[name_key(m.text)]) for m in mentions]

"""Trims what a model marked to the name in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..records import Mention
from .names import RUN_TOGETHER, fold, known, strip_possessive, tables


@dataclass(frozen=True, slots=True)
class RawMention:
    """What the model found: offsets into the article's text, and one of `records.ENTITY_TYPES`."""

    start: int
    end: int
    type: str


_EDGES = " \t\n\r\u00a0\"“”«»„*_#~|,;:!?()[]{}<>-–—/\\'‘’`"
_NUMBER = re.compile(
    r"[£$€¥]?\d[\d.,]*\s?(?:bn|mn|m|tn|k|p|th|st|nd|rd|km|am|pm|s|x|g|kg|cm|mph|million|billion|trillion|percent)?(?:[-–]\d+)?",
    re.I,
)
_WEB = re.compile(r"https?:|www\.|@\w|\.(?:com|org|net|co\.uk)\b", re.I)
_SPLIT_PERSON = re.compile(
    r"\s(?!(?:de|del|della|di|da|dos|du|van|von|der|den|la|le|el|al|bin|ibn|bint|of|the|y|e|zu|ter|ten|af)\b)[a-z]{2,}(?:\s[a-z]+)*\s|\s&\s|[,.]['\"‘“]|(?<=[abce-km-z])['‘](?=[A-Z])|,\s(?!Jr|Sr)|\]\s?|\[|\s?[’']s\s|;|:|\s[–—-]\s|\s?\(|/"
)
_SPLIT_OTHER = re.compile(r"[,.]['\"‘“]|(?<=[abce-km-z])['‘](?=[A-Z])|\s?/\s?|\s\(|;|\s[–—]\s|\n\s*\n")


def trimmed_mentions(text: str, low: int, high: int, raw: RawMention) -> Iterator[Mention]:
    """What is left of a raw mention inside one sentence: nothing, one name, or several that the model ran together."""
    start, end = max(raw.start, low), min(raw.end, high)
    if _CASE.search(text, start, end):  # Trump v. NAACP
        raw = RawMention(start, end, "law")
    splitter = _SPLIT_PERSON if raw.type == "person" else _SPLIT_OTHER
    for between in splitter.finditer(text, start, end):
        # In "Ukraine's President X" the model said nothing about Ukraine; in "X shot Y" both are persons.
        type_ = "" if between[0].endswith(("s ", "s\n")) and "’" in between[0].replace("'", "’") else raw.type
        mention = _one(text, low, high, start, between.start(), type_)
        if mention is not None:
            yield mention
        start = between.end()
    mention = _one(text, low, high, start, end, raw.type)
    if mention is not None:
        yield mention


_CASE = re.compile(r"\bv(?:s?\.|\s)\s?[A-Z]")


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
    if "-" in surface and all(known(part) for part in surface.split("-")):
        return None  # a U.S.-Chinese deal: both are found by themselves
    type_ = type_ or ("person" if " " in surface else "organisation")
    words = surface.split(" ")
    if type_ == "organisation" and _holds_person(words):
        type_ = "person"
    if type_ == "person" and " " not in surface and _owns_like_a_company(text, end):
        return Mention(start, end, surface, "organisation")
    if type_ == "person":
        start, end = _person_span(text, low, high, start, end)
        surface = text[start:end]
        tail = surface.rsplit(" ", 1)[-1]
        table = known(surface) or (None if fold(words[0]) in tables().given_names else known(tail))
        if table and (tail == surface or table.type in ("organisation", "event")):
            return Mention(end - len(tail), end, tail, table.type)  # Twitter in "Leftist Twitter"
        if not surface or any(c.isdigit() for c in surface):
            return None
        if RUN_TOGETHER.search(surface):
            return None
    told = _type_by_words(surface, type_)
    return Mention(start, end, surface, told) if told else None


def _type_by_words(surface: str, type_: str) -> str | None:
    """The type that the words of a name tell, else the one given; None where they are no name."""
    lists = tables()
    words = [fold(w) for w in re.findall(r"[^\W_]+", surface)]
    if not words or all(w in lists.not_names or w in lists.legal_endings or len(w) == 1 for w in words):
        return None
    if not lists.interface_words.isdisjoint(words) and type_ != "work":
        return None
    if " ".join(words) in lists.agencies:
        return None if type_ in ("person", "work") or surface.isupper() else "organisation"
    if all(w in lists.titles or w in lists.portfolios for w in words):
        return None
    if len(words) > 4 and surface.isupper():
        return None
    if type_ == "person" and len(words) > 1 and (words[-1] in lists.roles or words[-1] in ("sheriff", "general")):
        return None
    if len(words) > 1 and type_ == "person" and words[-1] in lists.organisation_heads:
        return "organisation"
    last = fold(surface.rsplit(" ", 1)[-1])
    is_person = type_ == "person" and words[0] in lists.given_names and len(words) == 2  # Doris Day
    if len(words) > 1 and type_ in ("person", "organisation", "work") and last in lists.event_heads:
        return type_ if is_person else "event"
    if len(words) > 1 and type_ != "work" and last in _LAWS and not is_person:
        return "law"
    if len(words) > 1 and type_ in ("event", "product", "place") and words[-1] in _ORGANISATIONS_ONLY:
        return "organisation"
    if type_ in ("organisation", "work", "product") and _looks_like_person(surface):
        return "person"
    return type_


_PREFIX = re.compile(r"(?:anti|pro|pre|post|non|ex|mid|self|then|un|ultra)-(?=[A-Z])", re.ASCII)
_GIVEN_MONTHS = frozenset({"april", "may", "june", "august"})
_ABBREVIATED = re.compile(r"(?:\b\w|[JS]r|Inc|Corp|Co|Ltd)\.$")


_ORGANISATIONS_ONLY = frozenset(
    {"news", "times", "post", "university", "department", "ministry", "committee", "police", "school", "college"}
)
_LAWS = frozenset({"act", "amendment", "treaty", "accord", "accords", "constitution", "memorandum"})


def _looks_like_person(surface: str) -> bool:
    """Two or three capitalised words, the first a given name, the last no word for an organisation: Sean Hannity."""
    lists = tables()
    words = [fold(w) for w in surface.split(" ")]
    return (
        2 <= len(words) <= 3
        and words[0] in lists.given_names
        and words[-1] not in lists.organisation_heads
        and all(part.isalpha() and part[0].isupper() and not part.isupper() for part in surface.split(" "))
    )


_ADDRESSED = frozenset({"mr", "mrs", "ms", "miss", "sir", "sen", "rep", "gov", "lt", "sgt"})


def _holds_person(words: list[str]) -> bool:
    """Whether a person stands at the end of what the model took for an organisation: Ms Parker, Scotland Ann Parker,
    City Police Superintendent Bob Parker."""
    if len(words) > 1 and fold(words[0].strip(".")) in _ADDRESSED:
        return True
    lists = tables()
    return any(
        (known(words[n - 1]) is not None or fold(words[n - 1]) in lists.titles)
        and _looks_like_person(" ".join(words[n:]))
        for n in range(1, len(words) - 1)
    )


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without marks, "the", possessive and words that are never part of a name at its edges."""
    never, interface, particles = tables().not_names, tables().interface_words, tables().particles
    while True:
        before = (start, end)
        while start < end and text[start] in _EDGES:
            start += 1
        while start < end and text[end - 1] in _EDGES:
            end -= 1
        if text[max(start, end - 2) : end] in ("'s", "’s") and end - 2 > start:
            end -= 2
        if end - start > 1 and text[end - 1] == "." and not _ABBREVIATED.search(text[start:end]):
            end -= 1
        prefix = _PREFIX.match(text, start, end)
        if prefix:
            start = prefix.end()
        first = re.match(r"(\S+)\s+", text[start:end])
        if first:
            word = fold(first[1].strip(".,"))
            if (word in never or word in interface or first[1].islower()) and (word not in particles or word == "the"):
                start += first.end()
        last = re.search(r"\s+(\S+)$", text[start:end])
        if last:
            word = fold(last[1].strip(".,"))
            if (last[1].islower() and word not in particles) or (word in never and word not in _GIVEN_MONTHS):
                end = start + last.start()
        if (start, end) == before:
            return start, end


_OWNED = re.compile(r"[’']s((?: [a-z-]+){1,3})")


def _owns_like_a_company(text: str, end: int) -> bool:
    """Whether what follows a single word is what companies have: "Rusal's largest smelters"."""
    owned = _OWNED.match(text, end)
    return bool(owned) and not tables().company_words.isdisjoint(owned[1].split())  # type: ignore[index]


_BORN = re.compile(r"-(?:born|based|led|old|raised|trained|educated|backed|era|elect)$")
_TWICE = re.compile(r"\b([^\W\d_]{3,})\s\1$")
_HYPHENATED = re.compile(r"(?<![^\W_])[A-Z][a-z]+[-‐‑]$")
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
        table = None if word in lists.given_names else known(first[1])
        is_title = word in lists.titles or bool(
            table and (table.type == "organisation" or (table.type in ("group", "place") and rest >= 2))
        )
        is_title = is_title or bool(_BORN.search(first[1]))
        if not (is_title or (word in lists.portfolios and rest >= 2) or word in ("for", "of", "and")):
            break
        start += first.end()
    while start - 1 > low and text[start - 1] in "-‐‑" and (before := _HYPHENATED.search(text, low, start)):
        start = before.start()
    # "Ursula von" goes on with "der Leyen"; "Jean" in "Jean-Claude" to the end of the word.
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
            end = following.start() + len(strip_possessive(following[0]))
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
    twice = _TWICE.search(text, start, end)
    if twice:
        end = twice.end(1)
    end = _before_full_name(text, start, end, high)
    tail_match = re.search(r"(?:\s+(\S+))$", text[start:end])
    if tail_match and tail_match[1].islower():
        end = start + tail_match.start()
    return start, end


def _before_full_name(text: str, start: int, end: int, high: int) -> int:
    """The end of a name behind which a page's own link repeats it in full: of "Trump Donald John Trump" the first
    word is the text's, but "Wilbur Ross Wilbur Louis Ross" begins with a whole name."""
    words = list(re.finditer(r"[^\W\d_]{3,}", text[start:end]))
    behind = text[end : min(end + 40, high)]
    if len(words) < 2 or words[-1][0] in behind:
        return end
    for word in words[:-1]:
        if re.match(rf"(?:[\s(]+[^\W\d_]+\)?){{0,2}}\s{re.escape(word[0])}", behind):
            return start + word.end()
    return end

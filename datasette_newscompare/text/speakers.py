"""Who says a quotation, from the words around it, without a language model.

The patterns are those that news style settles on (a cue verb with a name after or before the quotation), as rule-based
quotation extraction uses them (O'Keefe et al. 2012; Pareti et al. 2013). `benchmarks/text_quality.py` measures them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .cues import CUES, NEVER_NAMES, PARTICIPLES, TITLES

REACH_AFTER = 260
REACH_BEFORE = 420
"""How many characters after and before a quotation are read."""

_PARTICLE = r"(?:de|von|van|der|den|del|della|di|da|dos|bin|ibn|al|el|la|le|du|ben|abu|ter|y)"
_HONORIFIC = (
    r"(?:Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Lt|Col|Sgt|Capt|Prof|Rev|Sir|Lord|Lady|Dame|Adm|Maj|Hon|"
    r"Judge|Justice)\.?"
)
_NAME_WORD = r"[A-ZÀ-ÖØ-ÞŠŽ](?:[\w’'-]*\w|\.(?:[A-Z]\.)*)"
_NAME = rf"(?:{_HONORIFIC}\s)?{_NAME_WORD}(?:\s(?:{_PARTICLE}\s){{0,2}}{_NAME_WORD}){{0,5}}(?:,?\s(?:Jr|Sr)\.?)?"
_NAMES = re.compile(rf"(?<![\w’'-]){_NAME}")
_CUE = re.compile(rf"\b(?:{CUES})\b")
# A point belongs to the phrase after a title or an initial only.
_PHRASE = (
    r"(?:[^.;:\x01\n]|(?<=Mr|Ms|Dr|Lt)\.|(?<=Mrs|Sen|Rep|Gov|Gen|Rev|Col|Sgt|Maj)\.|(?<=Sens|Reps|Prof|"
    r"Capt)\.|(?<=\b[A-Z])\.)"
)
_GAP = r"[\s,\"”’'—–-]*"
_CUE_NAME = re.compile(
    rf"{_GAP}(?:{CUES})\s+(?P<who>(?:(?!\b(?:that|in|on|at|to|during|when|while|after|before|as|"
    rf"by)\s){_PHRASE}){{1,140}})"
)
_NAME_CUE = re.compile(
    rf"{_GAP}(?P<who>(?:[Tt]he |[Aa]n? )?(?:[\w.’'-]+ ){{0,8}}?{_NAME})"
    r"(?:,[^.;\x01\n]{1,160},|\s\([^)]{1,30}\))?"
    rf"(?:\s(?:also|later|then|has|had|recently|reportedly|simply|(?:on\s)?[A-Z][a-z]+day))?\s(?:{CUES})\b"
)
_DASH_NAME = re.compile(rf"[\s\"”’]*[—–―-]{{1,2}}\s*(?P<who>{_NAME})\s*(?=[,.(\n\x01]|\Z)")
_PRONOUN = r"(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|who|I|[Ww]e)"
_PRONOUN_CUE = re.compile(rf"{_GAP}{_PRONOUN}\s(?:\w+ly\s|also\s|has\s|had\s|later\s)?(?:{CUES})\b")
_BETWEEN = re.compile(
    r"(?:,?\s(?:\w+ly|also|has|had|later|then|once|recently|again|(?:on\s|late\s|early\s)?[A-Z][a-z]+day(?:\s\w+)?|"
    r"on\sTwitter))*\s*\Z"
)
_PRONOUN_END = re.compile(rf"\b{_PRONOUN}\Z")
_PREPOSITION_END = re.compile(r"\b(?:of|for|at|from|in|with|to|about|against|by|on|and|or|than|the)\s*\Z")
_ADJECTIVE = re.compile(r"-[a-z]|[a-z][A-Z]{3,}\Z")
_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_ROLE_BETWEEN = re.compile(r"(?:\s(?!(?:of|for|at|from|in|with|to|and|who|on|as|by|during|the)\s)[a-z][\w’'-]*)+\s")
_OFFICE_FOR = re.compile(r"(\S+) (?:for|of)(?: the)?\s+\Z")
_ACCORDING = re.compile(rf"\b[Aa]ccording to (?:the |an? )?(?P<who>(?:[a-z’'-]+ ){{0,4}}{_NAME})")
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s+(?=[A-Z“\"])")


@dataclass(frozen=True, slots=True)
class Speaker:
    """The name of the one who speaks, as written, with its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """What stands around a quotation: a speaker, or `elsewhere` where nothing attributes it, not even a pronoun."""

    speaker: Speaker | None
    elsewhere: bool = False


def attribute(text: str, a: int, b: int, start: int, end: int, quoted: Sequence[tuple[int, int, bool]]) -> Attribution:
    """Who says the quotation `text[a:b]` of the paragraph `text[start:end]`, whose quotations are all in `quoted`.

    The words after it are read first ("...," said NAME; "...," NAME, TITLE, said; "..." - NAME), then those before it
    in the same sentence (NAME told WHOM that ... "..."; according to NAME, "..."). A pronoun names nobody.
    """
    after = _outside(text, b + 1, min(end, b + REACH_AFTER), quoted)
    # A point inside the marks and a capital after them: what follows is the next sentence, about another quotation.
    next_sentence = text[b - 1] == "." and after.lstrip()[:1].isupper()
    found = None if next_sentence else _after(after, b + 1)
    if found is not None:
        return found
    before_from = max(start, a - REACH_BEFORE)
    before = _outside(text, before_from, max(before_from, a - 1), quoted)
    cut = max((m.end() for m in _SENTENCE_END.finditer(before) if not _abbreviation(before, m.start())), default=0)
    clause = before[cut:]
    if not clause.strip("\x01 \"“‘'(—-\n"):
        return Attribution(None, elsewhere=True)
    return Attribution(speaker_before(clause, before_from + cut))


def speaker_before(clause: str, offset: int) -> Speaker | None:
    """The speaker whom a stretch before a quotation names: the subject of the nearest cue verb that has a name."""
    for cue in reversed(list(_CUE.finditer(clause))):
        if cue.group() in PARTICIPLES:
            continue
        subject = clause[: cue.start()]
        inverted = not subject.strip() and _NAMES.match(clause, cue.end() + 1)
        if inverted:
            return _speaker(clause, _without_titles(clause, inverted.start(), inverted.end()), offset)
        between = _BETWEEN.search(subject)
        subject = subject[: between.start()] if between else subject
        if _PRONOUN_END.search(subject.rstrip(", ")):
            return None
        place = _subject_name(subject)
        if place:
            return _speaker(clause, place, offset)
    according = list(_ACCORDING.finditer(clause))
    if according:
        who = according[-1].span("who")
        return _speaker(clause, _last_name_in(clause, *who), offset)
    return None


def _speaker(piece: str, place: tuple[int, int] | None, offset: int) -> Speaker | None:
    return Speaker(offset + place[0], offset + place[1], piece[place[0] : place[1]]) if place else None


def _outside(text: str, start: int, end: int, quoted: Sequence[tuple[int, int, bool]]) -> str:
    """The stretch with what stands in other quotations blanked, so that offsets stay."""
    piece = text[start:end]
    for a, b, _ in quoted:
        low, high = max(a, start) - start, min(b, end) - start
        if low < high:
            piece = piece[:low] + "\x01" * (high - low) + piece[high:]
    return piece


def _after(piece: str, offset: int) -> Attribution | None:
    """What follows a quotation: its speaker, or an attribution without a name (said the mayor), or None."""
    if dashed := _DASH_NAME.match(piece):
        place = _without_titles(piece, *dashed.span("who"))
        return Attribution(_speaker(piece, place, offset)) if place else None
    if _PRONOUN_CUE.match(piece):
        return Attribution(None)
    if cue_name := _CUE_NAME.match(piece):
        return Attribution(_speaker(piece, _object_name(piece, *cue_name.span("who")), offset))
    if name_cue := _NAME_CUE.match(piece):
        return Attribution(_speaker(piece, _last_name_in(piece, *name_cue.span("who")), offset))
    return None


def _object_name(piece: str, start: int, end: int) -> tuple[int, int] | None:
    """The person named right after a cue verb, also behind an employer: said ACME lawyer Jane Doe, who ..."""
    found: tuple[int, int] | None = None
    for m in _NAMES.finditer(piece, start, end):
        place = _without_titles(piece, m.start(), m.end())
        if place and (found is None or _ROLE_BETWEEN.fullmatch(piece, found[1], m.start())):
            found = place
        elif place:
            break
    return found


def _subject_name(subject: str) -> tuple[int, int] | None:
    """Where the name stands that is the subject ending here: right before the verb, or before its apposition."""
    bare = _BRACKETS.sub(lambda m: " " * len(m.group()), subject).rstrip()
    if not bare.endswith(","):
        place = _last_name_in(bare, 0, len(bare))
        if place is None or len(bare) - place[1] > 3:
            return None
        before = bare[: _titled_start(bare, place[0])]
        if m := _OFFICE_FOR.search(before):
            return _last_two(bare, place) if _bare(m.group(1)) in TITLES else None
        return None if _PREPOSITION_END.search(before) and not before.rstrip().endswith(" the") else place
    at = 0
    for part in bare[:-1].split(","):
        for m in _NAMES.finditer(bare, at, at + len(part)):
            place = _without_titles(bare, m.start(), m.end())
            if (
                place
                and at + len(part.rstrip()) - place[1] <= 3
                and not _PREPOSITION_END.search(bare[at : _titled_start(bare, place[0])])
            ):
                return place
        at += len(part) + 1
    return None


def _last_two(piece: str, place: tuple[int, int]) -> tuple[int, int] | None:
    """The name at the end of "Commissioner for Trade and Industry Jane Doe": two words, more of the office before."""
    tokens = [m.start() for m in re.finditer(r"\S+", piece[place[0] : place[1]])]
    return (place[0] + tokens[-2], place[1]) if len(tokens) >= 3 else None


def _titled_start(piece: str, start: int) -> int:
    """Where the run of titles before a name begins."""
    while (m := re.search(r"(\S+)\s+\Z", piece[:start])) and _bare(m.group(1)) in TITLES:
        start = m.start()
    return start


def _abbreviation(piece: str, point: int) -> bool:
    word = re.search(r"[\w.]+\Z", piece[max(0, point - 12) : point])
    return word is not None and (len(word.group()) <= 3 or "." in word.group()) and word.group()[0].isupper()


def _last_name_in(piece: str, start: int, end: int) -> tuple[int, int] | None:
    places = [_without_titles(piece, m.start(), m.end()) for m in _NAMES.finditer(piece, start, end)]
    named = [place for place in places if place]
    return named[-1] if named else None


def _without_titles(piece: str, start: int, end: int) -> tuple[int, int] | None:
    """A run of capitalised words without the titles and function words at its ends."""
    tokens = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", piece[start:end])]
    for n, (low, high) in reversed(list(enumerate(tokens))):
        if piece[low:high].endswith(("’s", "'s")) and n + 1 < len(tokens):
            tokens = tokens[n + 1 :]
            break
    while tokens and _bare(piece[slice(*tokens[0])]) in TITLES | NEVER_NAMES:
        tokens.pop(0)
    while tokens and _bare(piece[slice(*tokens[-1])]) in NEVER_NAMES:
        tokens.pop()
    # "the California Democrat" and "an English-language paper" name nobody.
    if not tokens or _bare(piece[slice(*tokens[-1])]) in TITLES or _ADJECTIVE.search(piece[slice(*tokens[-1])]):
        return None
    stop = tokens[-1][1]
    while piece[stop - 1] in ",;:":
        stop -= 1
    if piece[:stop].endswith(("’s", "'s")):
        stop -= 2
    return tokens[0][0], stop


def _bare(token: str) -> str:
    return re.sub(r"[’']s$", "", token.strip(".,;:").lower())

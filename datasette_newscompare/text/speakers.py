"""Who says a quotation, from the words around it, without a language model.

The patterns are those that news style settles on (cue verb and name before or after the quotation), as described for
rule-based quotation extraction by Pareti et al. (2013) and O'Keefe et al. (2012).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .wordlists import listed

_CUES = (
    r"(?:said|says|say|saying|told|tells|telling|asked|asks|added|adds|adding|wrote|writes|writing|tweeted|tweets|tweeting|stated|"
    r"states|stating|announced|announcing|argued|argues|arguing|insisted|insists|insisting|warned|warns|warning|claimed|claims|"
    r"claiming|explained|explains|explaining|noted|notes|noting|continued|continues|declared|declaring|called|calls|calling|"
    r"replied|responded|responds|responding|testified|testifying|asserted|asserting|acknowledged|conceded|admitted|denied|"
    r"commented|remarked|recalled|concluded|described|describes|describing|suggested|posted|read|joked|quipped|shouted|vowed|pledged|"
    r"promised|criticized|criticised|blasted|slammed|dismissed|praised|complained|expressed|reported|urged|urging|demanded|"
    r"accused|accusing|predicted|alleged|contended|maintained|observed|stressed|emphasized|emphasised|confirmed|revealed|cautioned|"
    r"went on|put it|put it this way|thinks|thought|believes|believed|agreed|decried|denounced|condemned|lamented|labeled|labelled|"
    r"dubbed|referred|boasted|bragged|countered|retorted|snapped|exclaimed|chanted|mused|opined|proclaimed|quoted|pointed out|"
    r"charged|proposed|offered|indicated|mentioned|spoke|signaled|signalled|tells|reads|concludes|warns)"
)
_PARTICLE = r"(?:de|von|van|der|den|del|della|di|da|dos|bin|ibn|al|el|la|le|du|ben|abu|ter|y)"
_HONORIFIC = r"(?:Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Lt|Col|Sgt|Capt|Prof|Rev|Sir|Lord|Lady|Dame|Adm|Maj|Hon|Judge|Justice)\.?"
_NAME_WORD = r"[A-Z](?:[\w’'-]*[\w]|\.(?:[A-Z]\.)*)"
_NAME = rf"(?:{_HONORIFIC}\s)?{_NAME_WORD}(?:\s(?:{_PARTICLE}\s){{0,2}}{_NAME_WORD}){{0,4}}(?:,?\s(?:Jr|Sr)\.?)?"
_NAMES = re.compile(rf"(?<![\w’']){_NAME}")
_CUE = re.compile(rf"\b{_CUES}\b")
_TITLES = listed("""president prime minister secretary senator representative governor mayor chief spokesman spokeswoman spokesperson
    director attorney general chairman chairwoman chair king queen prince princess pope judge justice foreign defense
    defence deputy vice former leader majority minority house senate white kremlin state national security press
    adviser advisor ambassador commissioner congressman congresswoman officer executive professor sheriff police captain
    republican republicans democrat democratic democrats gop rep sen gov gen mr mrs ms dr lt col sgt capt prof rev sir
    lord u.s us uk eu british american russian ukrainian chinese french german israeli iranian the homeland finance
    treasury interior justice department health speaker first lady whip co-founder founder ceo political executive
    european council commission union staff counsel special assistant united nations""")
_NOT_A_NAME = listed("""i he she they it we you the this that these those his her their its our my your in on at as but and or so if when
    while after before since there here what who how why yes no not according asked speaking monday tuesday wednesday
    thursday friday saturday sunday january february march april may june july august september october november
    december earlier later last meanwhile however still also then now instead for from with by to of an a one two both
    many some most all another other others such each every any even just only over under during despite although though
    because once until about twitter facebook instagram reporters cnn fox reuters ap""")


@dataclass(frozen=True, slots=True)
class Speaker:
    """The name of the one who speaks, as written, with its place."""

    start: int
    end: int
    text: str


def find_speaker(
    text: str, a: int, b: int, start: int, end: int, quoted: Sequence[tuple[int, int, bool]]
) -> Speaker | None:
    """The named speaker of the quotation `text[a:b]` in the paragraph `text[start:end]`, or None.

    `quoted` are all quotations of the paragraph. Looks after the quotation first ("...," said NAME; "...," NAME said),
    then before it (NAME said: "..."; NAME, TITLE, told WHOM that ... "..."). A pronoun gives None.
    """
    after = _outside(text, b + 1, min(end, b + 260), quoted)
    found = _after(after, b + 1)
    if found is not None:
        return found if found.text else None
    before_from = max(start, a - 420)
    return _before(_outside(text, before_from, a - 1, quoted), before_from)


def _outside(text: str, start: int, end: int, quoted: Sequence[tuple[int, int, bool]]) -> str:
    """The stretch with what stands in other quotations blanked, so that offsets stay."""
    piece = list(text[start:end])
    for a, b, _ in quoted:
        for at in range(max(a, start), min(b, end)):
            piece[at - start] = "\x01"
    return "".join(piece)


_AFTER_CUE = re.compile(
    rf"[\s,\"”’'—–-]*(?:{_CUES})\s+(?P<who>(?:(?!\b(?:that|in|on|at|of|to|during|when|while|after|before|the next)\b)[^.;:\x01\n]){{1,140}})"
)
_AFTER_NAME = re.compile(
    rf"[\s,\"”’'—–-]*(?P<who>(?:[Tt]he |[Aa]n? )?(?:[\w.’'-]+ ){{0,8}}?{_NAME})"
    rf"(?:,[^,.;\x01\n]{{1,120}}(?:,[^,.;\x01\n]{{1,60}}){{0,2}},|\s\([^)]{{1,30}}\)|\s(?:also|later|then|has|had|recently))?\s(?:{_CUES})\b"
)
_PRONOUN_SAID = re.compile(
    rf"[\s,\"”’'—–-]*(?:he|she|they|it|who|I|we|He|She|They)\s(?:\w+ly\s|also\s|has\s|had\s|later\s)?(?:{_CUES})\b"
)


def _after(piece: str, offset: int) -> Speaker | None:
    """The speaker named after a quotation; an empty name where a pronoun stands there; None where nothing does."""
    if _PRONOUN_SAID.match(piece):
        return Speaker(offset, offset, "")
    for pattern in (_AFTER_CUE, _AFTER_NAME):
        m = pattern.match(piece)
        if m:
            name = _name_in(m["who"], last=pattern is _AFTER_NAME)
            if name:
                return Speaker(
                    offset + m.start("who") + name[0], offset + m.start("who") + name[1], m["who"][name[0] : name[1]]
                )
    return None


def _before(piece: str, offset: int) -> Speaker | None:
    """The speaker named before a quotation: the subject of the nearest cue verb of the same sentence."""
    cut = max(
        (m.end() for m in re.finditer(r"[.!?][\"”’)]*\s+(?=[A-Z“\"])", piece) if not _abbreviation(piece, m.start())),
        default=0,
    )
    clause = piece[cut:]
    cues = list(_CUE.finditer(clause))
    if not cues:
        return None
    for cue in cues:
        subject = clause[: cue.start()]
        if re.search(
            r"\b(?:he|she|they|who|it|I|we|He|She|They|It|We)(?:\s\w+ly|\salso|\shas|\shad|\slater)?\s+\Z", subject
        ) and not re.search(r", who\s+\Z", subject):
            return None
        name = _name_in(subject, last=False)
        if name:
            return Speaker(offset + cut + name[0], offset + cut + name[1], subject[name[0] : name[1]])
    return None


def _abbreviation(piece: str, point: int) -> bool:
    word = re.search(r"[\w.]+\Z", piece[max(0, point - 12) : point])
    return bool(word) and (len(word.group()) <= 3 or "." in word.group()) and word.group()[0].isupper()


def _name_in(piece: str, last: bool) -> tuple[int, int] | None:
    """Where a person's name stands in a subject phrase such as "Kremlin spokesman Dmitry Peskov"."""
    candidates: list[tuple[int, int]] = []
    for m in _NAMES.finditer(piece):
        trimmed = _without_titles(piece, m.start(), m.end())
        if trimmed:
            candidates.append(trimmed)
    if not candidates:
        return None
    return candidates[-1] if last else candidates[0]


def _without_titles(piece: str, start: int, end: int) -> tuple[int, int] | None:
    """A run of capitalised words without the titles and function words at its ends."""
    tokens = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", piece[start:end])]
    while tokens and _bare(piece, tokens[0]) in _TITLES | _NOT_A_NAME:
        tokens.pop(0)
    while tokens and _bare(piece, tokens[-1]) in _NOT_A_NAME | _TITLES:
        tokens.pop()
    if not tokens:
        return None
    stop = tokens[-1][1]
    while piece[stop - 1] in ",;:":
        stop -= 1
    if piece[tokens[0][0] : stop].endswith(("’s", "'s")):
        stop -= 2
    return tokens[0][0], stop


def _bare(piece: str, token: tuple[int, int]) -> str:
    return re.sub(r"[’']s$", "", piece[token[0] : token[1]].strip(".,;:").lower())

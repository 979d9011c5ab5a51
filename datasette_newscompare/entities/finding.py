"""Finds names that the model missed: further mentions of known names, names after titles, countries. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from ..records import Mention, Sentence
from .names import RUN_TOGETHER, fold, known, person_words, surname_start, tables

Find = Callable[[str, int, int, bool], Iterator[Mention]]

_CAPITALISED = re.compile(r"(?<![^\W_])[^\W\d_a-z][^\W_]*")
_WORD_BEFORE = re.compile(r"([^\W_]+(?:[.’'-][^\W_]+)*)\.?[ \n]$")
_WORD_AFTER = re.compile(r"[ \n]([^\W\d_][^\W_]*)")


def finder(mentions: Iterable[Mention]) -> Find:
    """A function that finds the names of these mentions, surnames of its persons, and countries and peoples.

    It takes (text, start, end, in_title_case) and gives the mentions between start and end, which may overlap others.
    """
    names: dict[str, list[tuple[str, str]]] = {}
    for surface, type_ in sorted({form for m in mentions for form in _forms(m)}, key=lambda f: (-len(f[0]), f)):
        first = _CAPITALISED.match(surface)
        if first:
            names.setdefault(fold(first[0]), []).append((surface, type_))
    shipped = _shipped()

    def find(text: str, start: int, end: int, in_title: bool) -> Iterator[Mention]:
        for run in _CAPITALISED.finditer(text, start, end):
            first = fold(run[0])
            for surface, type_, sure in (*((s, t, False) for s, t in names.get(first, ())), *shipped.get(first, ())):
                at, stop = run.start(), run.start() + len(surface)
                if stop > end or not _same(text[at:stop], surface) or text[stop : stop + 1].isalnum():
                    continue
                if sure or " " in surface or _stands_alone(text, start, at, stop, end, type_, in_title):
                    yield Mention(at, stop, text[at:stop], type_)
                    break

    return find


def _same(found: str, surface: str) -> bool:
    return (
        found == surface
        or (len(found) > 3 and found.isupper() and found == surface.upper())
        or found.replace("\n", " ") == surface
    )


def _forms(mention: Mention) -> Iterator[tuple[str, str]]:
    """The spellings by which a name may come back in the text: itself and a person's surname."""
    surface = re.sub(r"\s+", " ", mention.text)
    if known(surface) is None and _worth_finding(surface):
        yield surface, mention.type
    if mention.type == "person":
        words = person_words(surface)
        if len(words) > 1 and surface.count(" ") >= len(words) - 1:
            surname = " ".join(surface.split(" ")[surname_start(words) - len(words) :])
            if known(surname) is None and _worth_finding(surname):
                yield surname, "person"


def _worth_finding(surface: str) -> bool:
    lists, word = tables(), fold(surface)
    return len(surface) >= 3 and not (
        " " not in surface and (word in lists.not_names or word in lists.titles or word in lists.organisation_heads)
    )


def _stands_alone(text: str, low: int, at: int, stop: int, high: int, type_: str, in_title: bool) -> bool:
    """Whether a single word is a name by itself here, not a part of a longer one (Trump in "Ivanka Trump")."""
    if text[stop : stop + 1] in ("-", "‐") and text[stop + 1 : stop + 2].isupper() and type_ == "person":
        return False
    if at > low and text[at - 1] in "-‐" and type_ == "person":
        return False
    if in_title:
        return True
    after = _WORD_AFTER.match(text, stop, high)
    if after and after[1][0].isupper() and fold(after[1]) not in tables().not_names:
        return False
    before = _WORD_BEFORE.search(text, max(low, at - 40), at) if at > low else None
    if before and before.end() == at and before[1][0].isupper():
        word = fold(before[1])
        lists = tables()
        return word in lists.titles or word in lists.not_names or known(before[1]) is not None or word.endswith("'s")
    return True


@cache
def _shipped() -> dict[str, list[tuple[str, str, bool]]]:
    """Countries and peoples, searched for in every text: (spelling, type, True), the longest first, by first word."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for surface, entry in tables().findable.items():
        first = _CAPITALISED.match(surface)
        if first:
            found.setdefault(fold(first[0]), []).append((surface, entry.type, True))
    for forms in found.values():
        forms.sort(key=lambda form: (-len(form[0]), form[0]))
    return found


_NAME_WORD = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:[-'’][^\W\d_]+)*"
_NAME_RUN = re.compile(
    rf"(?:{_NAME_WORD}|[A-Z]\.)(?: (?:(?:van|von|de|der|den|di|da|del|la|al|bin)\b ?)*(?:{_NAME_WORD}|[A-Z]\.))*"
)
_AGED = re.compile(
    rf"({_NAME_WORD}(?: (?:{_NAME_WORD}|[A-Z]\.)){{1,3}}), (?:aged? )?[1-9]\d(?=[,.;]| (?:and|who|was|is)\b)"
)
_TITLE = re.compile(
    r"\b(President|Prime Minister|Premier|Chancellor|Senator|Sen\.|Rep\.|Congress(?:wo)?man|Governor|Gov\.|Mayor"
    r"|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Sir|Dame|Gen\.|Col\.|Lt\.|Sgt\.|Capt\.|Commissioner|Minister|Secretary"
    r"|[Ss]pokes(?:man|woman|person)|Ambassador|Archbishop"
    r"|(?:his|her) (?:wife|husband|son|daughter|brother|sister))"
    r"(?: (?:for|of)(?: [A-Z][\w-]+(?:,? and|,)?)*?)?[ \n](?=[A-ZÀ-Þ])"
)


_OWNED_BY = re.compile(r"[’']s(?: |$)")


def named_by_title(text: str, start: int, end: int) -> Iterator[Mention]:
    """Persons that a title before them gives away, "Commissioner for Industrial Strategy Stéphane Séjourné", or an age
    behind them, "Adul Sam-on, 14,"."""
    lists = tables()
    for aged in _AGED.finditer(text, start, end):
        words = [fold(w) for w in aged[1].split()]
        if lists.organisation_heads.isdisjoint(words) and known(aged[1]) is None and words[0] not in lists.not_names:
            first = next((n for n, w in enumerate(words) if w.strip(".") not in lists.titles and "-born" not in w), 0)
            name = aged[1].split(" ", first)[-1]
            yield Mention(aged.end(1) - len(name), aged.end(1), name, "person")
    for title in _TITLE.finditer(text, start, end):
        run = _NAME_RUN.match(text, title.end(), end)
        if not run or RUN_TOGETHER.search(run[0]):
            continue
        position, words = run.start(), _OWNED_BY.split(run[0])[0].split(" ")
        while words and (fold(words[0]) in lists.portfolios or fold(words[0]) in lists.titles or known(words[0])):
            position += len(words.pop(0)) + 1
        portfolio = " for " in title[0] or " of " in title[0]
        name = " ".join(words)
        if not words or (portfolio and len(words) < 2) or len(words) > 4 or known(name):
            continue
        if any(
            fold(w) in lists.organisation_heads or fold(w) in lists.not_names or fold(w) in lists.portfolios
            for w in words
        ):
            continue
        if (
            len(words) == 1
            and title[1] in ("Secretary", "Minister", "President", "Commissioner", "Mayor", "Governor")
            and portfolio
        ):
            continue
        yield Mention(position, position + len(name), name, "person")


_AGENCIES = r"(?:Handout|Pool|Getty|AFP|AP\b|Reuters|REUTERS|EPA|Shutterstock|Bloomberg)"
_CREDIT = re.compile(
    rf"(?:(?<=[.!?\d] )|^)[^.!?]{{0,80}}?(?:\b(?:via|courtesy of)\s+[A-Z]|\s?/\s?{_AGENCIES})"
    r"|REUTERS\s?/|\b(?:Photo(?:graph)?s?|Image|Picture|Credit|Illustration)\s?(?:by|:|credit)"
    rf"|\({_AGENCIES}[^)]{{0,40}}\)\s*$"
)
_SIGNED = re.compile(
    r"\s*[\[(*_]*(?:By [A-Z][^.]{0,80}$"
    r"|(?:Additional )?[Rr]eporting (?:and \w+ )?by\b|[Ww]riting by\b|[Ee]diting by\b)"
)


def credit_start(sentence: Sentence) -> int:
    """The offset where a caption's credit or a line of authors begins; the sentence's end where there is none."""
    if _SIGNED.match(sentence.text):
        return sentence.start
    if sentence.role == "caption":
        found = _CREDIT.search(sentence.text)
        if found:
            return sentence.start + found.start()
    return sentence.end

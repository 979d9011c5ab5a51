"""What makes two written names the same: keys, titles, particles and the shipped tables. Pure, no spaCy."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

WORD = re.compile(r"[^\W_]+(?:[.'’‘\-‐‑][^\W_]+)*\.?", re.UNICODE)
"""A word as it stands in a name: Séjourné, O'Neill, U.S., Euro-Atlantic, Jr."""

RUN_TOGETHER = re.compile(r"[a-z]{3}[A-Z]")
"""Two names of which a page lost the space between, TrumpDonald; not McCarthy, DeVos or MacDonald."""

_POSSESSIVE = re.compile(r"(?:\s?['’‘´`]\s?s|(?<=[sS])['’‘´`])$")
_INITIALS = re.compile(r"(?:[A-Za-z]\.){2,}[A-Za-z]?$")
_SPACED_INITIALS = re.compile(r"(?<=\b[A-Z]\.) (?=[A-Z]\.)")
_DOMAIN = re.compile(r"(?<=\w)\.(?:com|org|net|co\.uk|ca|fr|de)$")
_LED = re.compile(r"(?<=\w)[-‐](?:led|based|backed|run|owned|born|style|made|controlled|occupied|held|bound|brokered)$")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Known:
    """A name that the shipped tables know."""

    name: str
    type: str
    demonym_of: str | None = None
    """For a people, the country or region that it belongs to."""


@dataclass(frozen=True)
class Tables:
    """The shipped tables, with keys as `name_key` makes them."""

    known: dict[str, Known]
    """Places, organisations and peoples by the key of each of their spellings."""
    findable: dict[str, Known]
    """Spellings, as they are written, that are searched for where the model saw nothing."""
    titles: frozenset[str]
    suffixes: frozenset[str]
    particles: frozenset[str]
    nicknames: dict[str, frozenset[int]]
    portfolios: frozenset[str]
    organisation_heads: frozenset[str]
    company_words: frozenset[str]
    not_names: frozenset[str]
    agencies: frozenset[str]
    roles: frozenset[str]
    """Titles that may have other words before them: "Boeing Commercial Airplanes CEO Scott Carson"."""
    legal_endings: frozenset[str]
    common_surnames: frozenset[str]
    """Surnames of so many that one alone never says, in another story, who is meant."""
    given_names: frozenset[str]
    event_heads: frozenset[str]
    interface_words: frozenset[str]
    """Words of buttons and players that stand between the text's own."""
    institutions: frozenset[str]
    """Names that are common words too."""
    countries: dict[str, str]
    """Countries and continents by each of their spellings and of those of their people, in small letters."""
    places: frozenset[str]
    """All known places by each of their spellings, in small letters."""


def _table(name: str) -> dict:
    return json.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


@cache
def tables() -> Tables:
    """The shipped tables, read once: abbreviations.json, demonyms.json, names.json, given_names.json."""
    words, peoples = _table("names.json"), _table("demonyms.json")
    known: dict[str, Known] = {}
    findable: dict[str, Known] = {}
    ambiguous = frozenset(peoples["ambiguous"])
    for place in peoples["places"]:
        known[name_key(place)] = findable[place] = Known(place, "place")
    for place, demonyms in peoples["places"].items():
        for word in demonyms:
            for form in {word, word if word.endswith(("s", "sh", "ch", "ese")) else word + "s"}:
                if name_key(form) not in known:  # Laos and the Philippines are no peoples
                    known[name_key(form)] = findable[form] = Known(demonyms[0], "group", place)
    for name, type_, aliases in _table("abbreviations.json")["entities"]:
        for form in [name, *aliases]:
            entry = known[name_key(form)] = Known(name, type_)
            # Short forms in small letters or of one word ("Congress", "Fed", "IS") mean something else too often.
            if " " in form or "." in form or form in ("US", "EU", "UN", "UK", "USA", "NATO", "NASA"):
                findable[form] = entry
    nicknames: dict[str, set[int]] = {}
    for number, group in enumerate(words["nicknames"]):
        for word in group:
            nicknames.setdefault(word, set()).add(number)
    return Tables(
        known=known,
        findable={form: entry for form, entry in findable.items() if form not in ambiguous},
        titles=frozenset(words["titles"]),
        suffixes=frozenset(words["suffixes"]),
        particles=frozenset(words["particles"]),
        nicknames={word: frozenset(numbers) for word, numbers in nicknames.items()},
        portfolios=frozenset(words["portfolios"]),
        organisation_heads=frozenset(words["organisation_heads"]),
        company_words=frozenset(words["company_words"]),
        not_names=frozenset(words["not_names"]),
        agencies=frozenset(words["agencies"]),
        roles=frozenset(words["roles"]),
        legal_endings=frozenset(words["legal_endings"]),
        common_surnames=frozenset(words["common_surnames"]),
        given_names=frozenset(_table("given_names.json")["names"].split()),
        event_heads=frozenset(words["event_heads"]),
        interface_words=frozenset(words["interface_words"]),
        institutions=frozenset(words["institutions"]),
        countries={
            key.casefold(): entry.demonym_of or entry.name
            for key, entry in known.items()
            if entry.demonym_of or entry.name in peoples["places"]
        },
        places=frozenset(key.casefold() for key, entry in known.items() if entry.type == "place"),
    )


def known(name: str) -> Known | None:
    """What the shipped tables know under this spelling. "US" is one, "us" is not: the case of short forms counts."""
    if name.islower():
        return None
    return tables().known.get(name_key(name))


def people_of(name: str, type: str) -> str | None:
    """For a people (Russian), the name of its country (Russia), as the shipped tables have both."""
    entry = known(name) if type == "group" else None
    return entry.demonym_of if entry else None


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """The text in small letters without accents, typographic marks made plain."""
    text = (
        text.replace("’", "'").replace("‘", "'").replace("´", "'").replace("`", "'").replace("‐", "-").replace("‑", "-")
    )
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return plain.translate(_LETTERS)


_MARKS = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "‐": "-", "‑": "-"})
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})


def strip_possessive(text: str) -> str:
    """ "Trump's" gives "Trump", "the Saints'" gives "the Saints"; a final plain s stays."""
    return _POSSESSIVE.sub("", text)


_EDGES = ' "“”«»„*_#~|,;:!?()[]{}<>-–—/\\'
_ENDINGS = (" jr.", " sr.", " inc.", " corp.", " co.", " ltd.")


@lru_cache(maxsize=200_000)
def tidy(text: str) -> str:
    """A name as it can be shown: one space between words, no markdown, possessive, leading "the" or loose punctuation.

    "The" stays where nothing but a small word would be left.
    """
    text = _SPACED_INITIALS.sub("", _SPACE.sub(" ", text)).strip(_EDGES)
    text = _LED.sub("", strip_possessive(text.strip("'‘’")))
    if len(text) > 4 and text[:4].lower() == "the " and text[4].isupper():
        text = text[4:]
    if text.endswith(".") and not _INITIALS.search(text) and not text.lower().endswith(_ENDINGS):
        text = text[:-1]
    return text


@lru_cache(maxsize=200_000)
def name_key(text: str) -> str:
    """What the spellings of one name share, whatever their case, accents, full stops, hyphens, possessive and "the".

    Only names of up to three capitals keep their case: US, WHO and UN are not us, who and (Kim Jong) Un.
    """
    text = tidy(text)
    letters = text.replace(".", "")
    if len(letters) <= 3 and letters.isalpha() and letters.isupper():
        return letters
    text = _DOMAIN.sub("", fold(text))
    if text.startswith("the "):
        text = text[4:]
    return _SPACE.sub(
        " ", text.replace(".", "").replace("-", " ").replace("'", "").replace(",", " ").replace('"', " ")
    ).strip()


_ARTICLE = re.compile(r"^[ae]l-(?=\w)")
"""Arabic names stand with and without it: Bashar al-Assad, Assad."""


@lru_cache(maxsize=200_000)
def person_words(name: str) -> tuple[str, ...]:
    """The words of a person's name in key form, without titles before it, nicknames in quotes, and suffixes after it.

    "President Donald J. Trump Jr." gives ("donald", "j", "trump"). Of a name that is all titles the last word stays.
    """
    plain = re.sub(r"""\s*(?:\(\s*[^)]*\)|["“][^"”]*["”]|(?<![^\W_])['‘][^'’]*['’](?![^\W_]))\s*""", " ", name)
    words = [fold(w).rstrip(".").replace(".", "").replace("'", "") for w in WORD.findall(tidy(plain))]
    words = [_ARTICLE.sub("", w) for w in words if w and not w.isdigit()]
    lists = tables()
    if "of" in words[2:]:  # Patrick Gordon of Auchleuchries
        words = words[: words.index("of", 2)]
    start = max((n + 1 for n, word in enumerate(words[:-1]) if word in lists.roles), default=0)
    while start < len(words) - 1 and (words[start] in lists.titles or words[start] in ("and", "of")):
        start += 1
    end = len(words)
    while end - start > 1 and words[end - 1] in lists.suffixes:
        end -= 1
    return tuple(words[start:end]) or (fold(name),)


def surname_start(words: tuple[str, ...]) -> int:
    """Where the surname begins in `person_words`: particles belong to it (von der leyen, lo presti)."""
    start = len(words) - 1
    while start > 1 and words[start - 1] in tables().particles:
        start -= 1
    if start == 1 and words[0] in tables().particles and words[0] not in tables().nicknames:
        return 0
    return start


_TRANSLITERATION = (
    ("shch", "sh"),
    ("tch", "ch"),
    ("tsch", "ch"),
    ("kh", "h"),
    ("ph", "f"),
    ("ck", "k"),
    ("q", "k"),
    ("w", "v"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("tz", "ts"),
    ("x", "ks"),
    ("yy", "i"),
    ("iy", "i"),
    ("ij", "i"),
    ("yi", "i"),
    ("ii", "i"),
    ("ye", "e"),
    ("ya", "ia"),
    ("yu", "iu"),
    ("j", "i"),
    ("y", "i"),
)


@lru_cache(maxsize=100_000)
def transliteration_key(word: str) -> str:
    """Equal for the usual English spellings of a foreign name: zelenskiy, zelenskyy, zelensky; heidar, heydar."""
    for old, new in _TRANSLITERATION:
        word = word.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", word)


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """The consonants of a word, like sounds taken as one; the first letter always stays."""
    word = transliteration_key(word)
    word = word.replace("z", "s").replace("c", "k").replace("d", "t").replace("b", "p").replace("v", "f")
    return word[:1] + re.sub(r"[aeiouh]", "", word[1:])

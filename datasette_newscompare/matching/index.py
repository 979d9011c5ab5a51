"""A story's sentences as arrays, so that many pairs are compared in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..records import StoryArticle, StorySentence
from .crowds import stand_ins
from .settings import MatchSettings
from .tokens import Tokens, first_places, tokenise

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]

DEFAULTS = MatchSettings()

MIN_RARITY = 0.1
"""Words below this are the grammar's (`the`, `of`, `would`): they stand in runs, not among what a sentence tells."""


@dataclass(frozen=True, slots=True)
class StoryIndex:
    """The sentences that take part, article by article in reading order; row i of each array is `sentences[i]`.

    Padded places hold -1. Vocabulary arrays (`rarity`, `informative`, `name`, `number`, `pointing`, `stub`) are by
    word id.
    """

    sentences: tuple[StorySentence, ...]
    tokens: Tokens
    article: Ints
    source: Ints
    place: Ints
    """0 for the first sentence of its article that takes part."""
    article_size: Ints
    """Number of sentences of the article, by sentence."""
    spelling: tuple[str, ...]
    """Each sentence's words in order, a character for each: the same for all spellings of a word (`norm`)."""
    stand_in: Ints
    """The row that is compared in a row's place: its own, but for further copies of what very many articles carry."""
    article_count: int
    """Articles of the story but those of which no sentence is compared."""
    run: Ints
    """All words in order, sentences x longest."""
    content: Ints
    """Each telling word once, sentences x most."""
    quoted: Bools
    """Whether the word stands inside quotation marks, beside `content`."""
    rarity: Floats
    informative: Floats
    """Rarity in the language times rarity in this story."""
    spread: Floats
    """Rarity in this story alone, 0 to 1."""
    name: Bools
    number: Bools
    pointing: Bools
    """What a sentence may begin with that goes on from the one before (`forms.POINTING`)."""
    stub: Ints
    """The same for words that begin alike, so that `accuse` and `accusation` are near."""
    negations: Ints
    lengths: Ints

    def words_of(self, row: int) -> Ints:
        """A sentence's words in order."""
        return self.run[row, : self.lengths[row]]


def build_index(
    articles: Sequence[StoryArticle], language: str = "en", most_copies: int = DEFAULTS.most_copies
) -> StoryIndex:
    """Arrays over all sentences of the story but boilerplate.

    Of a sentence that more than `most_copies` rows hold in the same words the further ones have a stand-in, and do not
    count in how rare a word is in the story.
    """
    sentences: list[StorySentence] = []
    article_of: list[int] = []
    source_of: list[int] = []
    place: list[int] = []
    sources: dict[str, int] = {}
    for number, article in enumerate(articles):
        part = [s for s in article.sentences if s.role != "boilerplate"]
        sentences += part
        article_of += [number] * len(part)
        source_of += [sources.setdefault(article.source_id, len(sources))] * len(part)
        place += range(len(part))
    tokens = tokenise(sentences, language)
    known = tokens.known
    new, stems = first_places(known["stem"], len(tokens.lexicon.stems))
    word = stems[tokens.form]
    count = len(new)
    rare = np.ones(count, dtype=np.float32)
    np.minimum.at(rare, stems, known["rarity"])
    is_number = np.bincount(stems, known["is_number"], minlength=count) > 0
    lengths = np.diff(tokens.first)
    row = np.repeat(np.arange(len(sentences)), lengths)
    named = np.bincount(word, tokens.named, minlength=count)
    asked = tokens.capitals_tell[row]
    name = (named > 0) & (2 * named >= np.bincount(word, asked, minlength=count))
    run = _pad(row, word, len(sentences))
    # each telling word once, where the sentence has it first
    telling = np.flatnonzero(rare[word] >= MIN_RARITY)
    first, again = first_places(row[telling] * count + word[telling], len(sentences) * count)
    inside = np.bincount(again, tokens.quoted[telling], minlength=len(first)) > 0
    once = telling[first]
    content = _pad(row[once], word[once], len(sentences))
    quoted = content >= 0
    quoted[quoted] = inside
    told = [(a.published or "9999", a.id) for a in articles]
    spelling = _as_characters(known["norm"], tokens)
    stand_in = stand_ins(
        spelling,
        source_of,
        [told[number] for number in article_of],
        most_copies,
    )
    compared = stand_in == np.arange(len(sentences))
    holder = np.array(article_of, dtype=np.int64)
    sizes = np.bincount(holder, minlength=len(articles))
    with_some = np.bincount(holder[compared], minlength=len(articles))
    n = max(2, int(compared.sum()))
    frequency = np.bincount(word[once], compared[row[once]], minlength=count).astype(np.int64)
    spread = (np.log((n + 1) / np.maximum(1, frequency)) / np.log(n + 1)).astype(np.float32)
    _, stub = first_places(known["stub"][new], len(tokens.lexicon.stems))
    return StoryIndex(
        sentences=tuple(sentences),
        tokens=tokens,
        spelling=spelling,
        article=holder,
        source=np.array(source_of, dtype=np.int64),
        stand_in=stand_in,
        article_count=int(holder.max(initial=-1)) + 1 - int(np.count_nonzero((sizes > 0) & (with_some == 0))),
        place=np.array(place, dtype=np.int64),
        article_size=sizes[holder],
        run=run,
        content=content,
        quoted=quoted,
        rarity=rare,
        informative=rare * spread,
        spread=spread,
        name=name,
        number=is_number,
        pointing=known["is_pointing"][new],
        stub=stub,
        negations=np.bincount(row, known["is_negation"][tokens.form], minlength=len(sentences)).astype(np.int64),
        lengths=lengths,
    )


def wordings(index: StoryIndex, rows: Ints) -> Ints:
    """A number for the wording of each of these rows, by row; -1 for all others.

    Rows have one wording where they have the same text, words and quotation marks around them, as copies do.
    """
    known: dict[tuple[str, bytes, bytes], int] = {}
    out = np.full(len(index.sentences), -1)
    for row in np.unique(rows):
        quoted = index.tokens.quoted[index.tokens.of(row)].tobytes()
        out[row] = known.setdefault((index.sentences[row].text, index.run[row].tobytes(), quoted), len(known))
    return out


def distinct_pairs(index: StoryIndex, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The first pair of each two wordings, by place, in order; and for each pair which of these it is."""
    wording = wordings(index, np.concatenate([left, right]))
    count = int(wording.max(initial=0)) + 1
    return first_places(wording[left] * count + wording[right], count * count)


def _as_characters(numbers: Ints, tokens: Tokens) -> tuple[str, ...]:
    """Each sentence's words, in which a character stands for all that have the same of these `numbers`: comparing text
    is what costs least."""
    _, number = first_places(numbers, int(numbers.max(initial=0)) + 1)
    text = number[tokens.form].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return tuple([text[start:end] for start, end in pairwise(tokens.first.tolist())])


def _pad(row: Ints, values: Ints, rows: int) -> Ints:
    """The values of each row, which come in order of their rows, with -1 after the last."""
    size = np.bincount(row, minlength=rows)
    out = np.full((rows, max(1, int(size.max(initial=0)))), -1, dtype=np.int64)
    out[np.arange(out.shape[1]) < size[:, None]] = values
    return out

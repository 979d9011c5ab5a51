"""Finds the words by which sentences describe whom and what they name, in spaCy's syntax trees.

Few and right before many: words are taken from the name's own noun phrase, its appositions, and the verb that it is
the subject or object of; whatever stands in another relation, or is negated, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..records import Mention, Sentence
from ..text.words import is_title_case
from .names import tables
from .recognise import DEFAULT_MODELS, chunks_for_model
from .word_classes import WordClasses

RELATIONS = ("title", "adjective", "apposition", "is", "called", "does", "undergoes")
DESCRIBED_TYPES = ("person", "place", "organisation", "product")
NEEDED = ("tagger", "parser", "attribute_ruler", "lemmatizer")
LONGEST_SENTENCE = 600
"""Characters; what is longer is a list or a page's furniture more often than a sentence."""

LEMMATISER = "newscompare_lemmatiser"
"""Where a parsed sentence has what finds the base forms of its words: few are asked for, so they are found then."""

_BEING = frozenset({"be", "become", "remain"})
_CALLING = frozenset({"call", "brand", "label", "dub", "declare", "deem", "describe"})
_EMPTY_WORDS = """
    own other such same more most many much several few first second third last next able likely sure due one two
    a an the this that these those its his her their our my your all both each every some any no
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_FULL_TITLES = {
    "gov": "governor", "sen": "senator", "sens": "senator", "rep": "representative", "reps": "representative",
    "gen": "general", "prof": "professor", "lt": "lieutenant", "col": "colonel", "sgt": "sergeant", "capt": "captain",
    "pres": "president", "atty": "attorney", "dir": "director", "det": "detective", "supt": "superintendent",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’\-‐‑][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Description:
    """A word that describes what a mention names. Offsets are the article's."""

    mention: int
    """Its place in the list of the article's mentions."""
    relation: str
    """How it stands to the name, one of `RELATIONS`."""
    word: str
    """In small letters, verbs and nouns in their base form, titles written out."""
    start: int
    end: int


class Describer:
    """A loaded language model that finds describing words. Make one with `load_describer`."""

    def __init__(self, nlp: Any) -> None:
        _, ruler = nlp.remove_pipe("attribute_ruler")
        _, self._lemmatiser = nlp.remove_pipe("lemmatizer")
        self._classify = WordClasses(ruler.patterns)
        self._nlp = nlp

    def describe(
        self, articles: Iterable[tuple[str, Sequence[Sentence], Sequence[Mention]]], batch_size: int = 256
    ) -> list[list[Description]]:
        """The describing words of each article: (its text, sentences, mentions), mentions sorted by start.

        Only sentences that name a person, place, organisation or product are read; no captions, and no headlines in
        title case.
        """
        known = list(articles)
        found: list[list[Description]] = [[] for _ in known]
        with self._nlp.memory_zone():
            parts = ((part, (n, of)) for n, one in enumerate(known) for part, of in _parts(*one))
            texts = (((text), (n, start, of)) for (start, text), (n, of) in parts)
            for doc, (n, start, of) in self._nlp.pipe(texts, as_tuples=True, batch_size=batch_size):
                self._classify(doc).user_data[LEMMATISER] = self._lemmatiser
                found[n].extend(_in_sentence(doc, start, of))
        return found


def load_describer(model: str | None = None) -> Describer | None:
    """The named spaCy pipeline, or the small English one, with what describing needs; None where it has no parser, or
    is not English: the relations are those of spaCy's English pipelines."""
    import spacy

    for name in [model] if model else DEFAULT_MODELS:
        if not (spacy.util.is_package(name) or (model and ("/" in name or "\\" in name))):
            continue
        nlp = spacy.load(name, exclude=["ner", "senter", "textcat", "textcat_multilabel", "spancat", "entity_linker"])
        if nlp.meta["lang"] == "en" and all(part in nlp.pipe_names for part in NEEDED):
            return Describer(nlp)
    return None


Numbered = list[tuple[int, Mention]]


def _parts(
    text: str, sentences: Sequence[Sentence], mentions: Sequence[Mention]
) -> Iterator[tuple[tuple[int, str], Numbered]]:
    """The sentences to read, each as (offset, text), with the mentions in it by number."""
    numbered = list(enumerate(mentions))
    at = 0
    for sentence in sentences:
        here: Numbered = []
        while at < len(numbered) and numbered[at][1].start < sentence.end:
            here.append(numbered[at])
            at += 1
        if sentence.role in ("boilerplate", "caption") or sentence.end - sentence.start > LONGEST_SENTENCE:
            continue
        if any(m.type in DESCRIBED_TYPES for _, m in here) and not is_title_case(sentence.text, sentence.role):
            yield from ((chunk, here) for chunk in chunks_for_model(text, [sentence]))


def _in_sentence(doc: Any, offset: int, mentions: Numbered) -> Iterator[Description]:
    spans = []
    for number, mention in mentions:
        span = doc.char_span(mention.start - offset, mention.end - offset, alignment_mode="expand")
        if span is not None:
            spans.append((number, mention, span))
    named = {token.i for _, _, span in spans for token in span}
    seen: set[tuple[int, str, str]] = set()
    for number, mention, span in spans:
        if mention.type not in DESCRIBED_TYPES:
            continue
        for relation, tokens in _of_name(span, mention.type, named):
            word, start, end = _written(doc, tokens, relation)
            if not word or word in _EMPTY or (number, relation, word) in seen:
                continue
            seen.add((number, relation, word))
            yield Description(number, relation, word, offset + start, offset + end)


def _of_name(span: Any, type: str, named: set[int]) -> Iterator[tuple[str, list[Any]]]:
    """Pairs of a relation and the tokens of the word."""
    root = span.root
    if root.dep_ in ("compound", "nmod", "amod", "npadvmod"):
        return  # the name only specifies another noun: the Trump administration
    yield from _before(span, type, named)
    for child in root.children:
        if child.dep_ == "appos" and child.i > root.i and _is_noun(child, named) and _follows(span, child):
            yield from _noun("apposition", child, named)
    head = root.head
    if root.dep_ == "appos" and head.i < root.i and _is_noun(head, named) and head.tag_ == "NN":
        between = root.doc[head.i + 1 : span.start]
        if len(between) <= 1 and all(t.text == "," for t in between):
            yield from _noun("apposition", head, named)
    yield from _around(root, named)


def _follows(span: Any, noun: Any) -> bool:
    """Whether nothing but a comma or dash stands between a name and a noun with what belongs to it."""
    between = span.doc[span.end : noun.left_edge.i]
    return len(between) == 1 and between.text in (",", "-", "–", "—", "(")


def _before(span: Any, type: str, named: set[int]) -> Iterator[tuple[str, list[Any]]]:
    """The nouns and adjectives that lead up to the name."""
    doc, at = span.doc, span.start
    phrase = {*(t.i for t in span)}
    titles: list[Any] = []
    while at > 0 and at - 1 not in named:
        token = doc[at - 1]
        attached = token.head.i in phrase
        lower = token.lower_
        known_title = type == "person" and lower.rstrip(".") in tables().titles
        plain = token.pos_ == "NOUN" and token.text.islower() and token.dep_ in ("compound", "nmod") and attached
        written_so = token.pos_ in ("NOUN", "PROPN", "ADJ") and (attached or token.text[:1].isupper())
        if plain or (known_title and written_so):
            titles.append(token)
        elif token.text in "-‐‑" and titles:
            pass
        else:
            break
        phrase.add(token.i)
        at -= 1
    if titles and titles[0].tag_ != "NNS":
        yield "title", titles[::-1]
    while at > 0 and at - 1 not in named:
        token = doc[at - 1]
        if token.text in "-‐‑,":
            at -= 1
            continue
        if token.pos_ not in ("ADJ", "VERB", "ADV") or token.head.i not in phrase or token.dep_ not in (
            "amod", "advmod", "npadvmod", "nmod", "compound",
        ):  # fmt: skip
            break
        if token.dep_ == "amod" and token.text.islower():
            yield "adjective", [token]
        phrase.add(token.i)
        at -= 1


def _noun(relation: str, noun: Any, named: set[int]) -> Iterator[tuple[str, list[Any]]]:
    """A noun that says what someone is, with the nouns before it, and its adjectives."""
    tokens = [noun]
    while tokens[0].i > 0:
        before = tokens[0].nbor(-1)
        if before.i in named or before.dep_ != "compound" or before.pos_ != "NOUN" or before.head not in tokens:
            break
        tokens.insert(0, before)
    yield relation, tokens
    for child in noun.children:
        hyphenated = child.i + 1 < tokens[0].i and child.nbor(1).text in "-‐‑" and child.i + 2 == tokens[0].i
        adjective = child.dep_ == "amod" and child.i < noun.i and child.i not in named and child.text.islower()
        if adjective and not hyphenated:  # front-runner
            yield "adjective", [child]


def _around(root: Any, named: set[int]) -> Iterator[tuple[str, list[Any]]]:
    """The verb of which the name is subject or object, and what that says it is."""
    verb = root.head
    if verb.pos_ not in ("VERB", "AUX") or any(child.dep_ == "neg" for child in verb.children):
        return
    if root.dep_ == "nsubj" and root.i < verb.i:
        if _lemma(verb) in _BEING:
            for child in verb.children:
                if child.dep_ == "acomp" and child.pos_ == "ADJ" and child.i > verb.i:
                    yield "is", [child]
                elif child.dep_ == "attr" and child.i > verb.i and _is_noun(child, named):
                    yield from _noun("is", child, named)
        elif verb.pos_ == "VERB":
            yield "does", [verb]
    elif (root.dep_ == "nsubjpass" and root.i < verb.i) or (root.dep_ == "dobj" and root.i > verb.i):
        if verb.pos_ == "VERB":
            yield "undergoes", [verb]
        if _lemma(verb) in _CALLING:
            for child in verb.children:
                if child.dep_ in ("oprd", "attr") and child.i > max(verb.i, root.i) and _is_noun(child, named):
                    yield from _noun("called", child, named)


def _lemma(token: Any) -> str:
    """The base form of a word."""
    return str(token.lemma_ or token.doc.user_data[LEMMATISER].lemmatize(token)[0])


def _is_noun(token: Any, named: set[int]) -> bool:
    return token.pos_ == "NOUN" and token.i not in named and token.text.islower()


def _written(doc: Any, tokens: Sequence[Any], relation: str) -> tuple[str, int, int]:
    """The word in base form, hyphenated ones whole, and where it stands."""
    text = doc.text
    start, end = tokens[0].idx, tokens[-1].idx + len(tokens[-1])
    while start > 1 and text[start - 1] in "-‐‑" and text[start - 2].isalpha():
        start = re.search(r"[^\W\d_]*$", text[: start - 1]).start()  # type: ignore[union-attr]
    while end < len(text) - 1 and text[end] in "-‐‑" and text[end + 1].isalpha():
        end += 1 + re.match(r"[^\W\d_]*", text[end + 1 :]).end()  # type: ignore[union-attr]
    written = text[start:end]
    if text[max(start - 1, 0)] in "-‐‑":  # 100-member
        return "", start, end
    if relation == "title":
        word = " ".join(_in_full(part) for part in written.lower().split())
    elif relation == "adjective" or "-" in written:
        word = written.lower()
    else:
        word = " ".join([*(t.lower_ for t in tokens[:-1]), _lemma(tokens[-1]).lower()])
    parts = word.split()
    whole = all(_WORD.fullmatch(part) for part in parts)
    return (" ".join(parts) if whole and len(word) > 1 else "", start, end)


def _in_full(title: str) -> str:
    """Gov. as governor, and of several Senators each as senator."""
    title = title.rstrip(".")
    title = _FULL_TITLES.get(title, title)
    return title[:-1] if title.endswith("s") and title[:-1] in tables().titles else title

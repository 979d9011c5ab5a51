"""Puts the pairs that the matcher is unsure of to a language model, and stores what it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlite_utils import Database

from ..settings import JudgeSettings
from .clock import now
from .judge_prompt import NONE, PROMPT_VERSION, SCHEMA, SYSTEM, Answer, make_prompt, read_answer
from .judgements import pair_hash
from .llm_models import CallFailed, call

SIZES = (10, 3, 1)
"""Pairs in a question, at the first, second and third attempt: what spoils an answer is left alone with itself."""
MOST_FAILURES = 6
"""Calls in a row that bring nothing, after which no more are made."""
LONGEST_WAIT = 30.0
LONGEST_SENTENCE = 1000
"""Characters; a longer one is left to the matcher."""

UNCERTAIN = """
WITH pairs AS (
    SELECT left_sentence_id AS one, right_sentence_id AS other, score, judgement_id FROM matches
    WHERE score BETWEEN :low AND :high AND kind IN ('paraphrase', 'partial')
    UNION ALL
    SELECT sentence_id, near_sentence_id, score, judgement_id FROM near_misses WHERE score BETWEEN :low AND :high
)
SELECT one, other, p.score FROM pairs p LEFT JOIN judgements j ON j.id = p.judgement_id
WHERE j.id IS NULL OR j.model <> :model OR j.prompt_version <> :version
ORDER BY abs(p.score - (:low + :high) / 2), min(one, other), max(one, other)
"""
SENTENCE = "SELECT a.id, a.story_id, s.text FROM sentences s JOIN articles a ON a.id = s.article_id WHERE s.id = ?"
DECIDED = """
SELECT 1 FROM verdicts WHERE left_article_id = ? AND left_text = ? AND right_article_id = ? AND right_text = ?
AND verdict IN ('right', 'wrong')
"""
KNOWN = "SELECT answer FROM judgements WHERE pair_hash = ? AND model = ? AND prompt_version = ?"
STORE = """
INSERT INTO judgements (left_article_id, left_text, right_article_id, right_text, model, answer, reason, score,
                        prompt_version, pair_hash, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass
class JudgeReport:
    """What came of asking a model."""

    model: str
    put: int = 0
    """Pairs put to it in this run."""
    answers: dict[str, int] = field(default_factory=dict)
    """How many it gave each verdict; `none` are those it answered without a verdict."""
    unanswered: int = 0
    """Pairs that no call brought an answer to; the next run asks again."""
    calls: int = 0
    failed_calls: int = 0
    last_failure: str | None = None
    gave_up: bool = False
    """Whether it stopped asking because call after call failed."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A pair to ask about; left is of the article whose id sorts first."""

    left_article: str
    left_text: str
    right_article: str
    right_text: str
    story: int
    score: float
    hash: str


class _GiveUp(Exception):
    pass


def judge_uncertain(
    db: Database,
    model: Any,
    settings: JudgeSettings,
    progress: Callable[[int], None] = lambda done: None,
) -> JudgeReport:
    """Ask an `llm.Model` about uncertain pairs, the most uncertain first, and store its answers batch by batch.

    Stories to which an answer may make a difference are marked to be matched again, in the transaction that stores
    it, so that a run cut short is completed by the next one. Failures of the model are counted, never raised.
    """
    report = JudgeReport(model.model_id)
    asking = _Asking(db, model, settings, report, progress)
    pairs = islice(uncertain_pairs(db, model.model_id, settings), settings.limit)
    try:
        while batch := list(islice(pairs, SIZES[0])):
            asking.put(batch)
    except _GiveUp:
        report.gave_up = True
    return report


def uncertain_pairs(db: Database, model: str, settings: JudgeSettings) -> Iterator[Uncertain]:
    """Pairs in the band that this model was not asked about and no person judged, the most uncertain first.

    Where the model judged the same words of other articles, the story is marked to be matched with that.
    """
    low, high = settings.band
    wanted = {"low": low, "high": high, "model": model, "version": PROMPT_VERSION}
    seen: set[str] = set()
    # all at once: answers are stored while the pairs are gone through
    for one, other, score in db.execute(UNCERTAIN, wanted).fetchall():
        (left, story, left_text), (right, _, right_text) = sorted(
            db.execute(SENTENCE, [id]).fetchone() for id in (one, other)
        )
        hash = pair_hash(left_text, right_text)
        if hash in seen or max(len(left_text), len(right_text)) > LONGEST_SENTENCE:
            continue
        if db.execute(DECIDED, [left, left_text, right, right_text]).fetchone():
            continue
        seen.add(hash)
        if known := db.execute(KNOWN, [hash, model, PROMPT_VERSION]).fetchone():
            if known[0] != NONE:
                with db.atomic():
                    db.execute("UPDATE stories SET needs_matching = 1 WHERE id = ?", [story])
            continue
        yield Uncertain(left, left_text, right, right_text, story, score, hash)


class _Asking:
    """Puts batches to a model. Each pair is put to it at most as often as there are SIZES."""

    def __init__(
        self,
        db: Database,
        model: Any,
        settings: JudgeSettings,
        report: JudgeReport,
        progress: Callable[[int], None],
    ) -> None:
        self._db, self._model, self._settings = db, model, settings
        self._report, self._progress = report, progress
        self._failures = 0

    def put(self, batch: Sequence[Uncertain]) -> None:
        """Ask about these pairs until each has a verdict or was asked often enough. Raises _GiveUp."""
        self._report.put += len(batch)
        pending = list(batch)
        heard: set[str] = set()
        try:
            for size in SIZES:
                heard, todo, pending = set(), pending, []
                for start in range(0, len(todo), size):
                    some = todo[start : start + size]
                    pending += some  # until there is an answer: giving up must leave none out
                    answers = self._ask(some)
                    if answers is None:
                        continue
                    heard |= {pair.hash for pair in some}
                    self._store([(some[n - 1], answer) for n, answer in answers.items()])
                    pending = [pair for pair in pending if pair not in {some[n - 1] for n in answers}]
        except _GiveUp:
            answered = self._report.unanswered + sum(self._report.answers.values())
            self._report.unanswered += self._report.put - answered
            raise
        silent = [pair for pair in pending if pair.hash in heard]
        self._store([(pair, Answer(NONE, None)) for pair in silent])
        self._report.unanswered += len(pending) - len(silent)

    def _ask(self, pairs: Sequence[Uncertain]) -> dict[int, Answer] | None:
        """The model's verdicts by the pair's number, empty where it said nothing of use; None where the call failed."""
        prompt = make_prompt([(pair.left_text, pair.right_text) for pair in pairs])
        form = {"schema": SCHEMA} if getattr(self._model, "supports_schema", False) else {}
        self._report.calls += 1
        try:
            text = call(
                lambda: str(self._model.prompt(prompt, system=SYSTEM, stream=False, **form).text()),
                self._settings.timeout,
            )
        except CallFailed as failure:
            self._report.failed_calls += 1
            self._report.last_failure = str(failure)
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                raise _GiveUp from failure
            time.sleep(min(LONGEST_WAIT, self._settings.wait * 2 ** (self._failures - 1)))
            return None
        self._failures = 0
        return read_answer(text, len(pairs))

    def _store(self, judged: Sequence[tuple[Uncertain, Answer]]) -> None:
        at = now()
        with self._db.atomic():
            for pair, answer in judged:
                self._db.execute(
                    STORE,
                    [
                        pair.left_article,
                        pair.left_text,
                        pair.right_article,
                        pair.right_text,
                        self._report.model,
                        answer.verdict,
                        answer.reason,
                        pair.score,
                        PROMPT_VERSION,
                        pair.hash,
                        at,
                    ],
                )
                if answer.verdict != NONE:
                    self._db.execute("UPDATE stories SET needs_matching = 1 WHERE id = ?", [pair.story])
                self._report.answers[answer.verdict] = self._report.answers.get(answer.verdict, 0) + 1
        self._progress(len(judged))

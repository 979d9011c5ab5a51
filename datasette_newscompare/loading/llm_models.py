"""Models of the `llm` library by name, and one way to put a question to them that always comes to an end."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from queue import Empty, SimpleQueue
from threading import Thread
from types import ModuleType
from typing import Any, TypeVar

Result = TypeVar("Result")

LONGEST_MESSAGE = 200


class ModelProblem(Exception):
    """The model can't be used at all; the message says why and what to do."""


class CallFailed(Exception):
    """One call to a model brought nothing; the message is what the model's plugin said."""


def language_model(name: str) -> Any:
    """The `llm.Model` of this name or alias. Raises ModelProblem where there is none, or its key is missing."""
    return _find("--judge", name, "llm models", lambda llm: llm.get_model(name))


def embedding_model(name: str) -> Any:
    """The `llm.EmbeddingModel` of this name or alias. Raises ModelProblem as `language_model` does."""
    return _find("--embed", name, "llm embed-models", lambda llm: llm.get_embedding_model(name))


def call(work: Callable[[], Result], seconds: float) -> Result:
    """What `work` returns. Raises CallFailed where it raises anything, or is not done after this many seconds.

    A call that hangs is left behind in a thread of its own, which ends with the program.
    """
    done: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # a plugin may raise anything, SystemExit included
            done.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except Empty:
        raise CallFailed(f"no answer within {seconds:g} seconds") from None
    if error is not None:
        raise CallFailed(_told(error)) from error
    return result  # type: ignore[return-value]


def _find(option: str, name: str, listing: str, get: Callable[[ModuleType], Any]) -> Any:
    try:
        llm = import_module("llm")
    except ImportError as error:
        raise ModelProblem(
            f"{option} needs {error.name or 'llm'}; install it with: pip install 'datasette-newscompare[judge]'"
        ) from error
    try:
        model = get(llm)
        model.get_key()
    except llm.UnknownModelError as error:
        raise ModelProblem(
            f"{option} {name}: llm knows no such model; `{listing}` lists those that are installed"
        ) from error
    except Exception as error:  # a plugin's own trouble: its words are the best there are
        raise ModelProblem(f"{option} {name}: {_told(error)}") from error
    return model


def _told(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}"[:LONGEST_MESSAGE] if words else type(error).__name__

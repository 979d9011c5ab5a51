"""Which language a text is in, where nobody says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

SAMPLE = 2_000
"""Characters that are looked at; more changes nothing."""
FEWEST_LETTERS = 60
LIKELY = 0.5
"""The probability from which on a language is told. Shorter or mixed texts stay without one."""
NAMES = {
    "arabic": "ar", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de", "hebrew": "he",
    "hindi": "hi", "italian": "it", "japanese": "ja", "korean": "ko", "persian": "fa", "polish": "pl",
    "portuguese": "pt", "romanian": "ro", "russian": "ru", "spanish": "es", "swedish": "sv", "turkish": "tr",
    "ukrainian": "uk",
}  # fmt: skip


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the text's language; None where it is short, unclear, or py3langid is not installed."""
    sample = text[:SAMPLE]
    if sum(map(str.isalpha, sample)) < FEWEST_LETTERS:
        return None
    identifier = _identifier()
    if identifier is None:
        return None
    code, probability = identifier.classify(sample)
    return str(code) if probability >= LIKELY and re.fullmatch("[a-z]{2}", code) else None


def language_code(given: str) -> str:
    """`en` for "English"; anything else as it came."""
    return NAMES.get(given.lower(), given)


def base_language(tag: str | None) -> str | None:
    """`en` for the tag `en-US` of a page or feed; None where it is none."""
    match = re.match(r"([a-z]{2,3})(?:[-_]|$)", (tag or "").strip().lower())
    return match[1] if match else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        return None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

"""Whether two quantities say the same, as a reader would judge it."""

from __future__ import annotations

import re

from ..records import Quantity
from .numbers import numbers
from .words import plain

_TO_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
_TO_MONTHS = {"month": 1.0, "year": 12.0, "decade": 120.0, "century": 1200.0}
_TO_METRES = {"mm": 1e-3, "cm": 1e-2, "in": 0.0254, "ft": 0.3048, "yd": 0.9144, "m": 1.0, "km": 1e3, "mi": 1609.344}
_TO_GRAMS = {"g": 1.0, "oz": 28.3495, "lb": 453.592, "kg": 1e3, "t": 1e6}
_SCALES = (_TO_SECONDS, _TO_MONTHS, _TO_METRES, _TO_GRAMS)

NEAR = 0.12
"""Largest relative distance of two values, one of which is approximate, that still agree."""
FAR = 0.3
"""From this relative distance on they conflict; between the two nothing is said."""
_FACTOR = 1.5


def same_quantity(a: Quantity, b: Quantity) -> bool | None:
    """True if the two agree, False if they conflict, None if they can't be compared.

    Another kind, unit or currency, or a value that is not known, can't be compared. Values agree also where one is
    the other rounded ("$1.2bn", "$1.23 billion"), where an approximate one lies near the other (`NEAR`), and where a
    comparator allows it ("more than 100", 112).
    """
    values = _comparable(a, b)
    if values is None:
        return None
    x, y = values
    if x == y:
        return True
    if a.kind in ("date", "time", "ordinal"):
        return False
    if a.comparator != "=" or b.comparator != "=":
        return _within_bounds(a, x, b, y)
    if _rounds_to(a, x, y) or _rounds_to(b, y, x):
        return True
    if a.approximate or b.approximate:
        distance = abs(x - y) / max(abs(x), abs(y))
        return True if distance <= NEAR else False if distance >= FAR else None
    converted = a.unit != b.unit or a.kind == "duration"
    return converted and abs(x - y) <= 0.05 * max(abs(x), abs(y))


def _comparable(a: Quantity, b: Quantity) -> tuple[float, float] | None:
    if a.kind != b.kind:
        return None
    if a.kind == "date" and a.unit == b.unit == "weekday":
        return _weekday(a.text), _weekday(b.text)
    if a.value is None or b.value is None:
        return None
    if a.unit == b.unit:
        return (a.value, b.value) if a.unit is not None or a.kind in ("ordinal", "time") else None
    for scale in _SCALES:
        if a.unit in scale and b.unit in scale and a.kind in ("duration", "measure", "age"):
            return a.value * scale[a.unit], b.value * scale[b.unit]
    return None


def _weekday(text: str) -> float:
    return float(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].index(text.lower()))


def _within_bounds(a: Quantity, x: float, b: Quantity, y: float) -> bool | None:
    """Whether the ranges that two comparators leave open meet; None where they meet only far from what was said."""
    low_a, high_a = _range(a.comparator, x)
    low_b, high_b = _range(b.comparator, y)
    loose = a.approximate or b.approximate or a.unit != b.unit
    slack = (NEAR if loose else 0.005) * max(abs(x), abs(y))
    if max(low_a, low_b) > min(high_a, high_b) + slack:
        return False
    return True if max(abs(x), abs(y)) <= _FACTOR * min(abs(x), abs(y)) else None


def _range(comparator: str, value: float) -> tuple[float, float]:
    if comparator in (">", ">="):
        return value, float("inf")
    if comparator in ("<", "<="):
        return float("-inf"), value
    return value, value


def _rounds_to(coarse: Quantity, x: float, y: float) -> bool:
    """Whether `y` rounded as `coarse` is written gives `x`."""
    step = _step(coarse, x)
    return step > 1e-9 and abs(x - y) <= 0.5 * step * (1 + 1e-9) and _step_of(y) < step


def _step(quantity: Quantity, value: float) -> float:
    number = next(numbers(plain(quantity.text)), None)
    if number is None or number.value is None:
        return 0.0
    if number.written == "fraction":
        return 0.1
    # Cents and pence are written in the hundredth part of their unit.
    step = number.step * (abs(value / number.value) if number.value else 1.0)
    digits = re.sub(r"\D", "", quantity.text.split(".")[0])
    if number.written == "digits" and number.step == 1 and len(digits) >= 3 and digits.endswith("00"):
        zeros = len(digits) - len(digits.rstrip("0"))
        step = 10.0 ** min(zeros, len(digits) - 2)
    return step


def _step_of(value: float) -> float:
    """The place value of a number's last digit that is not zero."""
    if value == 0:
        return float("inf")
    text = f"{abs(value):.6f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    if part:
        return 10.0 ** -len(part)
    return 10.0 ** (len(whole) - len(whole.rstrip("0")))

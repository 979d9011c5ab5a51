"""The pages, a module each. `PAGES` names all of them: nothing else is served."""

from __future__ import annotations

from ..router import Route
from .compare import compare

PAGES: tuple[Route, ...] = (compare,)

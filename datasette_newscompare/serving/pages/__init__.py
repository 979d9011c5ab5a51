"""The pages, a module each. `PAGES` names all of them: nothing else is served."""

from __future__ import annotations

from ..router import Route

PAGES: tuple[Route, ...] = ()

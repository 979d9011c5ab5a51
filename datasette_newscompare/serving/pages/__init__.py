"""The pages, a module each. `PAGES` names all of them: nothing else is served."""

from __future__ import annotations

from ..router import Route
from .article import article
from .compare import compare
from .corrections import corrections
from .entities import entities
from .entity import entity
from .sources import source, sources
from .stories import stories
from .story import story
from .verdicts import verdicts
from .versions import versions

PAGES: tuple[Route, ...] = (
    stories, story, compare, article, entities, entity, corrections, sources, source, verdicts, versions,
)  # fmt: skip

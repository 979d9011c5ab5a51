"""Which articles tell the same event. Pure functions over records; needs the `load` extra."""

from datasette_newscompare.stories.documents import StoryDocument, StoryGroup, StorySettings
from datasette_newscompare.stories.grouping import group, group_new
from datasette_newscompare.stories.index import SqliteIndex, StoryIndex, index_rows
from datasette_newscompare.stories.vectors import vectorise

__all__ = [
    "SqliteIndex",
    "StoryDocument",
    "StoryGroup",
    "StoryIndex",
    "StorySettings",
    "group",
    "group_new",
    "index_rows",
    "vectorise",
]

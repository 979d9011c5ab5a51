"""Which articles tell the same event. Pure functions over records; needs the `load` extra."""

from datasette_newscompare.stories.documents import StoryDocument, StoryGroup, StorySettings
from datasette_newscompare.stories.grouping import group

__all__ = ["StoryDocument", "StoryGroup", "StorySettings", "group"]

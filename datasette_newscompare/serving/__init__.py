"""Pages, facets and queries over a loaded database. Reads only."""

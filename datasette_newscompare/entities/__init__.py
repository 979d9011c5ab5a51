"""Who and what an article names, and which spellings are one and the same."""

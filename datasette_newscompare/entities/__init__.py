"""Names in articles: recognise mentions (needs the `load` extra), unite their spellings (pure)."""

"""Which sentences of different sources tell the same. Pure functions over records."""

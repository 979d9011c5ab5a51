"""The SQL of the pages as named constants, a module a page. Values are bound; lists are bound as JSON arrays."""

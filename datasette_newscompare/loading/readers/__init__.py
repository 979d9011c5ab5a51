"""One reader a kind of input; each yields Article records."""

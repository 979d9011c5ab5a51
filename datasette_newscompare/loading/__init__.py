"""From files to rows: the only part of the package that writes articles."""

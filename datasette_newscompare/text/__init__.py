"""What the words of one article say: parts, sentences, quantities and quotes. Pure functions."""

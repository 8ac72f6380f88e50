"""English: closed lists of words, and inflection."""

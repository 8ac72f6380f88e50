"""Coreference: resolve names, titles, descriptions and pronouns of one article to actors."""

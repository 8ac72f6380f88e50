"""Who is meant, within one article: names, titles, descriptions and pronouns to actors."""

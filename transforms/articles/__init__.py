"""Records -> articles: timestamps, languages, versions of a story, withdrawals."""

"""Build articles from records: timestamps, languages, versions of a story, withdrawals."""

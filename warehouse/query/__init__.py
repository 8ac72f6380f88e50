"""Read-only questions to a warehouse: SQL, search, versions, changes, rejects."""

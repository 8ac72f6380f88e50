"""Query a warehouse read-only: SQL, search, versions, changes, rejects."""

"""Read-only queries on a warehouse: SQL, search, versions, changes, rejects."""

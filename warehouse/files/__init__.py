"""The warehouse as files: connections, locks, replacement, backups, compaction, schema migrations."""

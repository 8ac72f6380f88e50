"""Work with warehouse files: connections, locks, replacement, backups, compaction, schema migrations."""

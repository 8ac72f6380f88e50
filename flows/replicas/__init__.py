"""Copy the published warehouse to backups and to a DuckLake."""

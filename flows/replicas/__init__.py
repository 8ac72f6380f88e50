"""Copies of the published warehouse in other places: backups and a DuckLake."""

"""Copies of the published warehouse elsewhere: backups and a DuckLake."""

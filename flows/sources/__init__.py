"""Sources (files, folders, globs, addresses) -> files -> bytes."""

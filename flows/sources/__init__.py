"""Find the files in sources (files, folders, globs, addresses) and read their bytes."""

"""One module a format, each with a `Format`; helpers bear the name of their format."""

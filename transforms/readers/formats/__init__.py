"""One module per format, each with a `Format`; the names of helper modules begin with the name of their format."""

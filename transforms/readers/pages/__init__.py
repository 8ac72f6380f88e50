"""The parts of a web page: its metadata, its authors, its text, and what is not its article."""

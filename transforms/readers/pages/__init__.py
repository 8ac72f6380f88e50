"""Read the parts of a web page: its metadata, its authors, its text, and the parts that are not the article."""

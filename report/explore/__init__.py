"""The explorer: web pages on a published warehouse, for readers who do not write SQL. It only reads the warehouse."""

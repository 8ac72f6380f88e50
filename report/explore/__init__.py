"""Show a published warehouse as web pages, for readers who do not write SQL; it only reads the warehouse."""

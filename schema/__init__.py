"""The declarations of all tables, and what is derived from them; every package may import it."""

"""The contract that every package may import: the declarations of all tables, and what is derived from them."""

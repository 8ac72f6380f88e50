"""The contract that everyone may import: what a table is, which tables there are, and what follows from it."""

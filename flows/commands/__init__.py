"""The commands, one module for each group; `flows/cli.py` lists them."""

"""One module for each group of commands; `flows/cli.py` lists them."""

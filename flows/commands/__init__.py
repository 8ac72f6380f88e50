"""Define the commands, one module for each group; `flows/cli.py` lists the commands."""

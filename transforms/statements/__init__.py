"""Build the tables about statements from extracted statements and their cues."""

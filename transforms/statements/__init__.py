"""Statements as found and their cues -> the tables about statements."""

"""Extracted statements and their cues -> the tables about statements."""

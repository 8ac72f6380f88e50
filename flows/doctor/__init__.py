"""Diagnose whether a run has what it needs, and what the machine exposes; changes nothing."""

"""Diagnoses what a run needs and what the machine exposes; changes nothing."""

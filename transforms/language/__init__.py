"""What belongs to one language: one folder each."""

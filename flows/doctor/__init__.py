"""What a run needs and what a machine exposes; nothing is changed."""

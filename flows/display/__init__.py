"""Show people the progress, summary and artifacts of a run, send notifications, and write answers."""

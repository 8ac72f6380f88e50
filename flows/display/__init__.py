"""What people see of a run: progress, summaries, answers, notifications, Prefect's artifacts."""

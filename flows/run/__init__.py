"""One run: its state, its batches, its tasks, its ledger."""

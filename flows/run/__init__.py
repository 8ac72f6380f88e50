"""Define what makes up one run: state, batches, tasks and ledger."""

"""The next version of a warehouse: what a run stages, and how it is published."""

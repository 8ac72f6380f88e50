"""The HTML report on the published warehouse, and the explorer."""

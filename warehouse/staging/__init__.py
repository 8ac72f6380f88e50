"""Stage the next version of a warehouse and publish it."""

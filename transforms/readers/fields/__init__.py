"""Find the fields of an article as news files write them: dates, datelines, bylines, headlines..."""

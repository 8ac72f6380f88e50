"""The explorer: a published warehouse as pages for people who look instead of query. It only reads."""

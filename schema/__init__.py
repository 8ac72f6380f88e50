"""Declare all tables, and derive schemas and SQL from the declarations; every package may import this one."""

"""Prefect's server, schedules and watched folders."""

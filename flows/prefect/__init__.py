"""Prefect's server, schedules and automations, and watched folders."""

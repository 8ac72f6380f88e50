"""Start and check Prefect's server, schedules and automations, and watch folders."""

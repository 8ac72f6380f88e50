"""Define the flows and tasks of Prefect, the settings and the command line.

Telemetry of the libraries is off unless the user turns it on. The variables below must be set before Prefect, Great
Expectations or onnxruntime is imported. They are set here because every entry point imports this package first.
"""

from os import environ

environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
environ.setdefault("DO_NOT_TRACK", "1")
environ.setdefault("GX_ANALYTICS_ENABLED", "false")
environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # since version 1.29 it reports each loaded model

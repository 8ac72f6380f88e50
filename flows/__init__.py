"""The Prefect side: flows, tasks, settings and the command line.

Nothing is reported to the makers of the libraries unless the user asks for it: the variables must be in place
before Prefect, Great Expectations or onnxruntime is imported, and every way in leads through this package.
"""

from os import environ

environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
environ.setdefault("DO_NOT_TRACK", "1")
environ.setdefault("GX_ANALYTICS_ENABLED", "false")
environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # since 1.29 it reports each loaded model to its makers

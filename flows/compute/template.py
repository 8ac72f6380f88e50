"""The process that worker processes are forked from imports this module: it loads the models and starts no thread pool.

Polars, NumPy and onnxruntime start their threads with the first computation, and those would be missing after a fork.
`tests/flows/compute/test_pool.py` fails when loading begins to compute.
"""

import gc
from contextlib import suppress

from flows.compute.analysis import load_models
from flows.compute.memory import give_back

with suppress(Exception):  # the workers will report it: this process must be there to fork them
    load_models()
give_back()
gc.collect()
gc.freeze()  # a collection in a worker would write to, and so copy, all that it shares

"""Load the models in the template process, from which worker processes are forked, without starting a thread pool.

The template imports this module. Polars, NumPy and onnxruntime start threads at their first computation, and threads do
not survive a fork. `tests/flows/compute/test_pool.py` fails if loading starts a thread.
"""

import gc
from contextlib import suppress

from flows.compute.analysis import load_models
from flows.compute.memory import give_back

with suppress(Exception):  # the workers report the error; the template must stay alive to fork them
    load_models()
give_back()
gc.collect()
gc.freeze()  # a garbage collection in a worker would write to the shared pages and so copy them

"""Entity resolution: which profiles of all articles are one actor, as a pure function of the profiles of a block.

In: all profiles of a block (see `transforms/resolve/profiles.py`). Out: the actor of each. A block is always
complete, so the order of the articles and their batches do not matter; decision 8 says how ids are chosen.
"""

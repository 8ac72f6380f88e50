"""Entity resolution: find the profiles, across all articles, that are one actor.

The input is all profiles of a block (see `transforms/resolve/profiles.py`), the output an actor for each. Since a
block is always complete, the order of articles and batches does not matter. Decision 8 explains how ids are chosen.
"""

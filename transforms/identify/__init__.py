"""Entity resolution: find out which profiles, across all articles, describe the same actor.

Takes all profiles of a block (see `transforms/resolve/profiles.py`), and returns an actor for each profile. A block is
always complete, so the order of articles and batches does not matter. Decision 8 explains how ids are chosen.
"""

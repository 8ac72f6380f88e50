"""Which profiles of all articles are one actor: a pure function of the profiles of a block.

In: profiles (see `transforms/resolve/profiles.py`), all those of a block together. Out: the actor of each. A block is
known in full or not at all, so that neither the order of the articles nor the batch they came in can matter; see
docs/decisions for how ids are chosen.
"""

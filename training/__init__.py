"""Train the models in `models/` on annotated news; `training/README.md` says how."""

REACHES = (
    1,
    2,
    4,
    8,
    16,
    32,
    64,
    1,
    2,
)  # for each block of the tagger's network: the distance between the three words that it combines

"""Train the model that recognizes role nouns such as "minister": `python -m training.role_nouns WHO`.

Positive examples are the roles and jobs of the seeds and the last words of the annotated roles in the articles of WHO;
negative examples are all other lower-case words of these articles. The model is a logistic regression over the sense
and the ending of a word, fitted with numpy and written to models/roles.npz. Prints its cross-validated precision and
recall.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

import models
from training.guesses import FOLDS
from transforms.resolve import lexicon
from transforms.resolve.role_words import describe

OUT = Path(models.__file__).with_name("roles.npz")
DECAY, STEPS = 0.3, 15
WORD = re.compile(r"(?<![\w'-])[a-z]{4,}(?![\w'-])")
# Family relations, which some annotations contain but which are not public roles.
RELATIONS = frozenset(
    "father mother son daughter husband wife brother sister cousin uncle aunt nephew niece friend partner "
    "girlfriend boyfriend grandmother grandfather widow fiance relative".split()
)


def read_words(articles: list[dict[str, Any]]) -> dict[str, bool]:
    """Map each word to whether it names a role."""
    roles = [role["role"].lower() for a in articles for actor in a["actors"] for role in actor["roles"]]
    annotated = {word for role in roles for word in re.findall(r"[a-z]+", role)}
    heads = {m[-1] for role in roles if (m := WORD.findall(role.split(" of ")[0].split(" for ")[0]))}
    right = {word for word in lexicon.role_nouns() | heads if word.isalpha() and len(word) > 3} - RELATIONS
    seen = {word for a in articles for word in WORD.findall(a["text"])}
    plural = {word for word in seen if word.endswith("s") and word[:-1] in right}
    wrong = seen - right - annotated - plural | (seen & RELATIONS)
    return dict.fromkeys(sorted(right), True) | dict.fromkeys(sorted(wrong), False)


def fit(x: np.ndarray, y: np.ndarray, strength: float = DECAY) -> np.ndarray:
    """Fit a logistic regression by Newton's method; the last weight is its bias."""
    x = np.concatenate([x, np.ones((len(x), 1))], 1)
    decay = np.full(x.shape[1], strength)
    decay[-1] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(decay)
        w -= np.linalg.solve(curve, x.T @ (p - y) + decay * w)
    return w


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    words = read_words([json.loads(line) for line in lines if line.strip()])
    x = np.array([describe(word) for word in words], float)
    y = np.array(list(words.values()), float)
    fold = np.array([crc32(word.encode()) % FOLDS for word in words])
    predicted = np.zeros(len(y), bool)
    for n in range(FOLDS):
        w = fit(x[fold != n], y[fold != n])
        predicted[fold == n] = x[fold == n] @ w[:-1] + w[-1] > 0
    print(f"{int(y.sum()):,} of {len(y):,} words name roles; {int(predicted.sum()):,} predicted, "
          f"precision {y[predicted].mean():.1%}, recall {predicted[y == 1].mean():.1%}")  # fmt: skip
    w = fit(x, y)
    np.savez_compressed(OUT, weights=w[:-1].astype(np.float16), bias=np.float32(w[-1]))


if __name__ == "__main__":
    main()

"""One folder per language, each described by a `Language`. `LANGUAGES` are those that have models."""

from __future__ import annotations

from transforms.language.en import ENGLISH
from transforms.language.language import Language

LANGUAGES: dict[str, Language] = {language.code: language for language in (ENGLISH,)}

__all__ = ["ENGLISH", "LANGUAGES", "Language"]

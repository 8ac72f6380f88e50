"""What belongs to one language: one folder each, described by a `Language`; those that have models are `LANGUAGES`."""

from __future__ import annotations

from transforms.language.en import ENGLISH
from transforms.language.language import Language

LANGUAGES: dict[str, Language] = {language.code: language for language in (ENGLISH,)}

__all__ = ["ENGLISH", "LANGUAGES", "Language"]

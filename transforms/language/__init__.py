"""Define the languages of articles: one folder and one `Language` each. `LANGUAGES` lists the languages with models."""

from __future__ import annotations

from transforms.language.en import ENGLISH
from transforms.language.language import Language

LANGUAGES: dict[str, Language] = {language.code: language for language in (ENGLISH,)}

__all__ = ["ENGLISH", "LANGUAGES", "Language"]

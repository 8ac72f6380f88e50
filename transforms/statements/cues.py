"""Describe cues: dictionary form, class, negation, and modality.

Takes extracted statements and their articles; returns one row per statement with `cue_lemma`, `cue_class`, `is_negated`
and `modality`. The cues are data: `seeds/cues.csv` lists them with their class, `seeds/cue_classes.csv`
explains the classes, `seeds/irregular_verbs.csv` has the verbs with irregular forms. The `Language` provides function
words and inflection.

The lemma is the longest listed phrase in the cue ("has also called for" -> "call for"), else the main verb, else the
noun ("'s claim that" -> "claim"). If there are several verbs, the last one counts ("used the debate to insist" ->
"insist"), unless an earlier one governs it ("declined to say" -> "decline"). An unlisted cue gets a lemma by spelling
rules and the class "other", so that it can be counted and added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import polars as pl

from schema.column_values import MODALITIES
from seeds import read_seed
from transforms.articles.slices import cut_spans
from transforms.frames import compute
from transforms.language import ENGLISH, Language
from transforms.language.language import CueGrammar

CUE_MEANINGS = pl.Schema(
    {
        "article_id": pl.String,
        "seq_no": pl.Int32,
        "cue_lemma": pl.String,
        "cue_class": pl.String,
        "is_negated": pl.Boolean,
        "modality": pl.String,
    }
)

LEFT_CONTEXT = 60  # code points before the cue to search for a negation
WIDEST_GAP = 2  # words allowed between two words of a phrase: "made it very clear"
# Verbs that govern the next verb: in "urged him to say", the lemma is "urge".
GOVERNING_CLASSES = {"demanding", "promising", "declining"}


@dataclass(frozen=True)
class Lexicon:
    """The listed cues of a language, by their inflected forms in lower case."""

    language: Language
    verbs: dict[str, str]  # form -> lemma
    nouns: dict[str, str]
    others: dict[str, str]
    inflections: dict[str, frozenset[str]]  # form -> lemmas, of verbs in cues and irregular verbs
    phrases: dict[str, list[tuple[str, ...]]]  # first word -> phrases, longest first
    classes: dict[tuple[str, str], str]  # lemma, part -> class


@dataclass(frozen=True)
class Main:
    """The main word or phrase of a cue; `part` is empty if the cue is not listed."""

    lemma: str
    part: str = ""


def describe_cues(
    found_statements: pl.DataFrame, articles: pl.DataFrame, language: Language = ENGLISH
) -> pl.DataFrame:
    """Return one row of `CUE_MEANINGS` for each row of `found_statements`, in the same order.

    If there is no cue, or it is a colon or a dash, the lemma is "" and the class "neutral".
    """
    written = _read_cues(found_statements, articles)
    distinct = written.select("cue", "before").unique(maintain_order=True)
    meanings = pl.DataFrame(
        [describe_cue(cue, before, language) for cue, before in distinct.iter_rows()],
        schema=CUE_MEANINGS.names()[2:],
        orient="row",
        schema_overrides=CUE_MEANINGS,
    )
    described = written.lazy().join(
        distinct.hstack(meanings).lazy(),
        on=["cue", "before"],
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )
    return compute(described.select(CUE_MEANINGS.names()).cast(CUE_MEANINGS))


def _read_cues(found_statements: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """Add to each statement the text of its `cue` and the text `before` it."""
    left = pl.max_horizontal(pl.col("cue_start") - LEFT_CONTEXT, 0)
    cue = cut_spans(articles, found_statements.select("article_id", "cue_start", "cue_end"))
    before = cut_spans(articles, found_statements.select("article_id", left, end="cue_start"))
    return found_statements.select("article_id", "seq_no").with_columns(
        pl.Series("cue", cue, pl.String).fill_null(""), pl.Series("before", before, pl.String).fill_null("")
    )


def describe_cue(cue: str, before: str = "", language: Language = ENGLISH) -> tuple[str, str, bool, str]:
    """Return the lemma, class, negation and modality of a cue; `before` is the text before the cue."""
    cue, before = _plain(cue), _plain(before)
    grammar = language.cues
    words = grammar.word.findall(cue)
    if not words:
        return "", "neutral", False, "asserted"
    main = _main_word(tuple(words), language, after_determiner=bool(grammar.determiner_before.search(before)))
    cue_class = read_lexicon(language).classes.get((main.lemma, main.part), "other")
    return (
        main.lemma,
        cue_class,
        _is_negated(cue, before, words, main, grammar),
        _modality(cue, before, grammar),
    )


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _is_negated(cue: str, before: str, words: Sequence[str], main: Main, grammar: CueGrammar) -> bool:
    """Whether the cue is negated. "no" counts only before a noun: "gave no hint", but not "said no"."""
    if grammar.negated_inside.search(cue) or grammar.negated_before.search(before):
        return True
    return main.part == "noun" and (
        grammar.noun_negation in words or bool(grammar.noun_negated_before.search(before))
    )


def _modality(cue: str, before: str, grammar: CueGrammar) -> str:
    """Return the modality that words in or before the cue express: "may | say", "is expected to announce"."""
    if not (grammar.any_modal_inside.match(cue) or grammar.any_modal_before.search(before)):
        return "asserted"
    found = (name for name in MODALITIES if name != "asserted" and _is_modal(name, cue, before, grammar))
    return next(found, "asserted")


def _is_modal(name: str, cue: str, before: str, grammar: CueGrammar) -> bool:
    return bool(grammar.modal_inside[name].match(cue) or grammar.modal_before[name].search(before))


@lru_cache(10_000)
def _main_word(words: tuple[str, ...], language: Language, *, after_determiner: bool) -> Main:
    lexicon = read_lexicon(language)
    phrase = _longest_phrase(words, lexicon)
    if phrase:
        return Main(phrase, "phrase")
    verbs, nouns = _listed_words(words, lexicon, after_determiner)
    if verbs:
        return Main(_governing_verb(words, verbs, lexicon), "verb")
    if nouns:
        return Main(nouns[-1], "noun")
    others = [lexicon.others[word] for word in words if word in lexicon.others]
    return Main(others[-1], "other") if others else Main(_unlisted_lemma(words, lexicon))


def _longest_phrase(words: Sequence[str], lexicon: Lexicon) -> str | None:
    readings = [lexicon.inflections.get(word, frozenset()) | {word} for word in words]
    found = [
        phrase
        for at, reading in enumerate(readings)
        for word in sorted(reading)
        for phrase in lexicon.phrases.get(word, ())
        if _follows(phrase[1:], readings, at + 1)
    ]
    longest: tuple[str, ...] = max(found, key=len, default=())
    return " ".join(longest) or None


def _follows(rest: tuple[str, ...], readings: list[frozenset[str]], at: int) -> bool:
    """Whether the rest of a phrase follows from place `at` on; a few other words may separate its words."""
    if not rest:
        return True
    return any(
        rest[0] in readings[place] and _follows(rest[1:], readings, place + 1)
        for place in range(at, min(at + WIDEST_GAP + 1, len(readings)))
    )


def _listed_words(
    words: Sequence[str], lexicon: Lexicon, after_determiner: bool
) -> tuple[list[tuple[int, str]], list[str]]:
    """Return the listed verbs with their positions, and the listed nouns.

    A word that can be both is a noun after a determiner or a preposition: "in a report".
    """
    verbs, nouns = [], []
    nominal, previous = after_determiner, ""
    grammar = lexicon.language.cues
    for place, word in enumerate(words):
        if word in grammar.determiners or word in grammar.prepositions:
            nominal = True
        elif word in lexicon.nouns and (nominal or word not in lexicon.verbs):
            nouns.append(lexicon.nouns[word])
            nominal = False
        elif word in lexicon.verbs and not _is_particle(word, previous, lexicon):
            verbs.append((place, lexicon.verbs[word]))
            nominal = False
        previous = word
    return verbs, nouns


def _is_particle(word: str, previous: str, lexicon: Lexicon) -> bool:
    """Whether a word is a particle, not a verb: it is uninflected and directly follows a verb, as in "fired back"."""
    auxiliaries = lexicon.language.cues.auxiliaries
    return lexicon.verbs[word] == word and previous in lexicon.inflections and previous not in auxiliaries


def _governing_verb(words: Sequence[str], verbs: list[tuple[int, str]], lexicon: Lexicon) -> str:
    infinitive = lexicon.language.cues.infinitive
    for place, lemma in verbs:
        cue_class = lexicon.classes[lemma, "verb"]
        if cue_class == "declining" or (cue_class in GOVERNING_CLASSES and infinitive in words[place + 1 :]):
            return lemma
    return verbs[-1][1]


def _unlisted_lemma(words: Sequence[str], lexicon: Lexicon) -> str:
    """Return the lemma of the last inflected content word, else of the first content word, else of the first word."""
    grammar, inflection = lexicon.language.cues, lexicon.language.inflection
    senses = [word for word in words if word not in grammar.function_words]
    inflected = [word for word in senses if word in lexicon.inflections or inflection.is_inflected(word)]
    rest = [word for word in words if word not in grammar.negations]
    word = (inflected[-1:] or senses[:1] or rest or words)[0]
    return min(lexicon.inflections.get(word, {inflection.dictionary_form(word)}))


@cache
def read_lexicon(language: Language) -> Lexicon:
    """Read the listed cues with all their forms. A form of several verbs belongs to the first of them in the list."""
    cues = read_seed(language.seeds.cues)
    listed = {
        part: frame["lemma"].to_list() for (part,), frame in cues.partition_by("part", as_dict=True).items()
    }
    irregular = dict(_irregular_forms(language))
    noun_forms, verb_forms = language.inflection.noun_forms, language.inflection.verb_forms
    phrases = [tuple(phrase.split()) for phrase in listed["phrase"]]
    every_verb = {*listed["verb"], *irregular, *(phrase[0] for phrase in phrases)}
    return Lexicon(
        language=language,
        verbs=_by_form((form, verb) for verb in listed["verb"] for form in verb_forms(verb, irregular)),
        nouns=_by_form((form, noun) for noun in listed["noun"] for form in noun_forms(noun)),
        others={word: word for word in listed["other"]},
        inflections=_all_by_form((form, verb) for verb in every_verb for form in verb_forms(verb, irregular)),
        phrases=_by_first_word(phrases),
        classes={(lemma, part): cue_class for lemma, part, cue_class, _ in cues.iter_rows()},
    )


def _irregular_forms(language: Language) -> Iterator[tuple[str, set[str]]]:
    for lemma, past, participle in read_seed(language.seeds.irregular_verbs).iter_rows():
        yield lemma, {*past.split(), *participle.split()}


def _by_form(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    forms: dict[str, str] = {}
    for form, lemma in pairs:
        forms.setdefault(form, lemma)
    return forms


def _all_by_form(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    for form, lemma in pairs:
        forms.setdefault(form, set()).add(lemma)
    return {form: frozenset(lemmas) for form, lemmas in forms.items()}


def _by_first_word(phrases: list[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)):
        groups.setdefault(phrase[0], []).append(phrase)
    return groups

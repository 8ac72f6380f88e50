"""List the verbs before an addressee: alone, as in 'told Ann Roe', or with another word, as in 'wrote to Ann Roe'."""

from __future__ import annotations

from transforms.language import ENGLISH

PAST = {"tell": {"told"}, "write": {"wrote", "written"}, "say": {"said"}, "speak": {"spoke", "spoken"}}


def _forms(verbs: str) -> frozenset[str]:
    return frozenset(form for verb in verbs.split() for form in ENGLISH.inflection.verb_forms(verb, PAST))


# After the object of these, a question or an order shows that it is an addressee: 'pressed Roe on', 'requested the
# ministry to'.
QUIZZING = _forms("question press quiz grill challenge")
STRICT = QUIZZING | _forms("request demand promise")
# The object of these may also be what somebody wants: 'urged a limit', 'ordered the sale'.
WANTING = STRICT | _forms("ask urge order invite advise encourage assure")
TELLING = WANTING | _forms(
    "tell inform remind warn beg notify instruct implore reassure brief thank congratulate email text caution alert "
    "scold chastise admonish lecture"
)
# Verbs, each with the words that may come before the addressee.
CALLING = {
    form: frozenset(words.split())
    for verbs, words in (
        ("call", "on upon"),
        ("plead reason", "with"),
        ("demand", "of"),
        ("confide", "in"),
        ("argue testify", "before to"),
        ("speak talk", "to with"),
        ("shout scream yell", "at to"),
        (
            "appeal admit reveal confirm write say reply respond complain apologise apologize explain insist whisper "
            "boast brag joke suggest remark recount disclose acknowledge mention stress confess signal",
            "to",
        ),
    )
    for form in _forms(verbs)
}
# Only people and organizations are addressed after these: 'responded to the minister', but not 'to the flood'.
ANSWERING = _forms("speak talk reply respond")
# Nouns in a cue, with "to" and the addressee after them: 'issued a warning to drivers'.
MESSAGES = frozenset(
    "warning warnings message messages appeal appeals plea pleas challenge request requests call calls invitation "
    "question questions advice letter letters email emails thanks response reply promise pledge apology assurance "
    "assurances statement".split()
)

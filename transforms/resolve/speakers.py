"""Who made each statement: the actor that a source span means.

In: the cast of an article with its references outside quotation marks resolved, and the statements found in
it as `Attribution`s. Out: one `Speaker` an attribution. Sources without a name become actors of their own,
kind `unnamed` or `group`, that belong to the article alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.language.en.words import BELONGS, DETERMINERS, HE, SHE, WHO
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.coreference import References
from transforms.resolve.model import Actor, Mention, Role
from transforms.resolve.name_gaps import gives_name
from transforms.resolve.roles import is_role

Offsets = tuple[int, int]

PREPOSITIONS = BELONGS | {
    "by",
    "about",
    "against",
    "near",
    "behind",
    "to",
    "like",
    "including",
    "under",
    "between",
}
BREAKS = frozenset(
    (",", ";", "(", "—", "–", "who", "which", "that", "and", "or", "whose", "as", "said", "says")
)
GOVERNMENT = frozenset("government governments administration authorities regime leadership".split())
TELLING = frozenset("told tell tells telling asked assured informed reminded warned urged".split())
SPEAKS_FOR = ("spokes", "press secretary", "lawyer", "attorney", "representative")
MANY = frozenset("people men women others police staff children media".split())
LISTENERS = frozenset(
    "reporters journalists media lawmakers senators investors analysts supporters delegates jurors students voters "
    "residents officials shareholders employees workers staff viewers listeners".split()
)
PERSONAL = frozenset("i we you me us they it them she he".split())


@dataclass(frozen=True, slots=True)
class Attribution:
    """One statement as found; code points in the body."""

    contents: tuple[Offsets, ...]
    cue: Offsets | None
    source: Offsets | None


@dataclass(slots=True, eq=False)
class Speaker:
    """Who made one statement and for whom; `resolution` is one of SPEAKER_RESOLUTIONS."""

    resolution: str
    mention: Mention | None = None
    co_speakers: list[Mention] = field(default_factory=list)
    on_behalf_of: Actor | None = None
    behalf_mention: Mention | None = None
    addressee: Mention | None = None
    mentioned: list[Mention] = field(default_factory=list)

    @property
    def actor(self) -> Actor | None:
        return self.mention.actor if self.mention else None

    @property
    def role(self) -> Role | None:
        """The role the article gives the speaker: an office before a job, the one told most often first."""
        roles = self.actor.roles if self.actor else []
        return min(roles, key=_rank, default=None)


def _rank(role: Role) -> tuple[bool, bool, int]:
    """Sorts roles by what they say: an office or rank, then a job, then nothing but an organization."""
    kinds = {lexicon.titles().get(word.strip(".")) for word in (role.text or "").lower().split()}
    return role.text is None, not kinds & {"role", "military"}, -role.count


def find_speakers(
    text: Text,
    clusters: Clusters,
    references: References,
    phrases: dict[int, int],
    attributions: Sequence[Attribution],
) -> list[Speaker]:
    """One speaker per attribution, in the same order."""
    finder = _Finder(text, clusters, references, phrases)
    return [finder.find(attribution) for attribution in attributions]


def speakers_by_word(
    text: Text, attributions: Sequence[Attribution], speakers: Sequence[Speaker]
) -> dict[int, Actor]:
    """Word of a content to the actor who said it."""
    found: dict[int, Actor] = {}
    for attribution, speaker in zip(attributions, speakers, strict=True):
        if speaker.actor:
            for content in attribution.contents:
                found.update(dict.fromkeys(range(*text.word_range(*content)), speaker.actor))
    return found


def _is_unnamed(actor: Actor) -> bool:
    """Whether the actor was made of a source without a name."""
    return actor.kind in ("unnamed", "group") and not actor.is_full


def _names_body(written: str) -> bool:
    """Whether a source without a name is a body: 'the ministry'."""
    return written.lower().split()[-1] in lexicon.organization_nouns()


class _Finder:
    def __init__(
        self, text: Text, clusters: Clusters, references: References, phrases: dict[int, int]
    ) -> None:
        self.text, self.clusters, self.references, self.phrases = text, clusters, references, phrases
        self.unnamed: dict[str, Actor] = {}
        self.described: dict[Offsets, Mention] = {}
        self.previous: tuple[int, Speaker] | None = None

    def find(self, attribution: Attribution) -> Speaker:
        if attribution.source is None:
            return Speaker("none")
        first, last = self._trim(*self.text.word_range(*attribution.source))
        if first >= last:
            return Speaker("none")
        speaker = self._pronoun(first, last) or self._person(first, last) or self._body(first, last)
        speaker = speaker or self._nominal(first, last) or self._named_later(first, last)
        speaker = speaker or self._unnamed(first, last)
        self._speak_for(speaker, first, last)
        speaker.addressee = self._addressee(attribution, speaker)
        self.previous = (first, speaker)
        return speaker

    def _trim(self, first: int, last: int) -> Offsets:
        while first < last and not self.text.words[first][0].isalnum():
            first += 1
        while first < last and (self._is_mark(last - 1) or self.text.lower[last - 1] in ("'s", "’s")):
            last -= 1
        return first, last

    def _is_mark(self, i: int) -> bool:
        return not any(letter.isalnum() for letter in self.text.words[i])

    # ---- the forms of a source

    def _pronoun(self, first: int, last: int) -> Speaker | None:
        word = self.text.lower[first]
        if last - first > 1 or not (
            word in HE or word in SHE or word in WHO or word in PERSONAL or word == "which"
        ):
            return None
        if word in ("it", "they"):
            return Speaker("pronoun", self._repeat(first, word))
        return Speaker("pronoun", self.clusters.at.get(first))

    def _repeat(self, first: int, word: str) -> Mention | None:
        """ "It" or "they" as the body or group that made the statement before, else "it" as the only body near."""
        if first in self.clusters.at:
            return None
        actor = self._previous_body(first, word) or (self._only_body(first) if word == "it" else None)
        return self.clusters.add(first, first + 1, "pronoun", "nominal", actor) if actor else None

    def _previous_body(self, first: int, word: str) -> Actor | None:
        """Who made the statement before, at most two sentences back, if "it" or "they" can mean it."""
        if self.previous is None:
            return None
        place, speaker = self.previous
        actor, near = speaker.actor, 0 <= self.text.sentences[first] - self.text.sentences[place] <= 2
        if actor is None or not near:
            return None
        kinds = ("organization", "country") if word == "it" else ("organization", "group")
        is_body = word == "it" and actor.kind == "unnamed" and _names_body(actor.name)
        return actor if actor.kind in kinds or is_body else None

    def _only_body(self, first: int) -> Actor | None:
        """The organization named in this sentence or the one before; of several the one that opens a sentence."""
        bodies = self.references.bodies
        end = bisect_left(bodies, first, key=lambda m: m.first)
        near = [m for m in bodies[max(0, end - 8) : end] if self._is_before(m, first)]
        actors = {m.actor for m in near}
        if len(actors) > 1:
            actors = {m.actor for m in near if self._opens_sentence(m)}
        return actors.pop() if len(actors) == 1 else None

    def _is_before(self, mention: Mention, i: int) -> bool:
        return (
            self.text.sentences[i] - self.text.sentences[mention.first] <= 1
            and not self.text.quoted[mention.first]
        )

    def _opens_sentence(self, mention: Mention) -> bool:
        first = mention.first
        article = first > 0 and self.text.lower[first - 1] in DETERMINERS
        return self.text.opens_sentence(first - 1 if article else first)

    def _person(self, first: int, last: int) -> Speaker | None:
        """The first person in the source that nothing else governs: not X in 'a spokesman for X'."""
        people = [
            m
            for m in self._names(first, last)
            if m.actor.kind == "person" and (self._is_head(m, first, last) or gives_name(self.text, m.first))
        ]
        if not people:
            return None
        head = people[0]
        relative = any(self.text.lower[k] in ("who", "which", "that") for k in range(first, head.first))
        if relative and not gives_name(self.text, head.first):
            return None
        co_speakers = [m for m in people[1:] if self._is_coordinated(head, m) and m.actor is not head.actor]
        return Speaker("named", head, co_speakers)

    def _names(self, first: int, last: int) -> list[Mention]:
        found: list[Mention] = []
        for i in range(first, last):
            mention = self.clusters.at.get(i)
            if mention and mention.kind == "name" and (not found or found[-1] is not mention):
                found.append(mention)
        return found

    def _is_head(self, mention: Mention, first: int, last: int) -> bool:
        start = self.phrases.get(mention.first, mention.first)
        before = self._word_before(start, first)
        after = self.text.lower[mention.last] if mention.last < last else ","
        return before not in PREPOSITIONS and (after in BREAKS or after in PREPOSITIONS or after == ")")

    def _word_before(self, i: int, first: int) -> str:
        i -= 1
        while i >= first and self.text.lower[i] in DETERMINERS:
            i -= 1
        return self.text.lower[i] if i >= first else ""

    def _is_coordinated(self, head: Mention, other: Mention) -> bool:
        start = self.phrases.get(other.first, other.first)
        between = self.text.lower[head.last : start]
        clause = {"who", "which", "that", "whose"} & set(between)
        return bool(between) and between[-1] in ("and", ",", "or", "&") and not clause

    def _body(self, first: int, last: int) -> Speaker | None:
        """An organization, country or group as the source: 'Acme', 'the Kremlin', 'the Dutch government'."""
        start = self._skip_adjectives(first, last)
        mention = self.clusters.at.get(start)
        name = self.clusters.latent.get(start)
        if mention is None and name is None:
            return None
        if mention is None or mention.actor.kind == "person" or mention.kind != "name":
            if name is None or not self._ends(name.last, last):
                return None
            woken = self.clusters.wake(name)
            return Speaker("named", woken) if woken else None
        if self._ends(mention.last, last) and (mention.rule != "adjective" or self._is_people(mention)):
            return Speaker("named", mention, self._co_bodies(mention, last))
        if mention.actor.kind == "country" and self.text.lower[self._noun(mention.last, last)] in GOVERNMENT:
            return Speaker("nominal", mention)
        return None

    def _skip_adjectives(self, first: int, last: int) -> int:
        """First word of the name in 'the nonpartisan Roe Commission'; else the word after the article."""
        start = i = first + (self.text.lower[first] in DETERMINERS)
        while i < last and i - start < 3 and i not in self.clusters.at and self.text.words[i].islower():
            if (
                self.text.lower[i] in BREAKS
                or self.text.lower[i] in PREPOSITIONS
                or is_role(self.text.lower[i])
            ):
                return start
            i += 1
        mention = self.clusters.at.get(i)
        return i if mention and mention.actor.kind == "organization" else start

    def _is_people(self, mention: Mention) -> bool:
        return self.text.lower[mention.first - 1] == "the" if mention.first else False

    def _co_bodies(self, head: Mention, last: int) -> list[Mention]:
        """Bodies coordinated with the first: 'Acme and Widget Corp'."""
        others = []
        for mention in self._names(head.last, last):
            before = self._word_before(mention.first, head.last)
            if before == "and" and mention.actor is not head.actor and mention.actor.kind != "person":
                others.append(mention)
        return others

    def _ends(self, i: int, last: int) -> bool:
        """Whether the noun phrase ends before word i."""
        return i >= last or self.text.lower[i] in BREAKS or self.text.lower[i] in PREPOSITIONS - {"'s"}

    def _noun(self, first: int, last: int) -> int:
        """Last word of the noun phrase that goes on at `first`."""
        i = first
        while i + 1 < last and not self._ends(i + 1, last):
            i += 1
        return min(i, len(self.text) - 1)

    def _nominal(self, first: int, last: int) -> Speaker | None:
        """A description that fits somebody in the article: 'the Dutch minister', 'the commission'."""
        mention = self.clusters.at.get(first)
        if mention is None and self.text.lower[first] in ("the", "this"):
            mention = self.references.describe(first)
        if mention is None or mention.kind != "nominal" or not self._ends(mention.last, last):
            return None
        if _is_unnamed(mention.actor):
            return None
        return Speaker("nominal", mention)

    def _named_later(self, first: int, last: int) -> Speaker | None:
        """Who is named at the next mention: 'A witness' before 'the witness, Ann Roe,'."""
        if last - first != 2 or self.text.lower[first] not in ("a", "an"):
            return None
        for i in range(last, min(last + 120, len(self.text) - 3)):
            if self.text.lower[i] == self.text.lower[last - 1] and self.text.lower[i - 1] in (
                "a",
                "an",
                "the",
            ):
                named = self.clusters.at.get(i + 2) if self.text.words[i + 1] == "," else None
                if self.text.lower[i - 1] != "the" or named is None or named.actor.kind != "person":
                    return None
                if named.last >= len(self.text) or self.text.words[named.last] != ",":
                    return None
                return Speaker("nominal", self.clusters.add(first, last, "nominal", "nominal", named.actor))
        return None

    def _unnamed(self, first: int, last: int) -> Speaker:
        """A source without a name, as an actor of this article: 'a senior official', 'two residents'."""
        known = self.clusters.at.get(first)
        if known and (known.first, known.last) == (first, last) and not _is_unnamed(known.actor):
            return Speaker("named" if known.kind == "name" else known.kind, known)
        end = self._noun(first, last) + 1
        head = self.text.lower[end - 1]
        plural = (head.endswith("s") and not head.endswith("ss")) or head in MANY
        name = " ".join(self.text.slice(first, min(last, first + 20)).split())
        key = name.lower().removeprefix("the ")
        actor = self.unnamed.get(key)
        if actor is None:
            kind = "group" if plural and not is_role(head) else "unnamed"
            actor = self.clusters.new_actor(
                Actor(kind, name, country_code=self._country(first, end), is_full=False)
            )
            self.unnamed[key] = actor
        definite = self.text.lower[first] not in ("a", "an", "one", "some", "another") and is_role(head)
        return Speaker("role" if definite else "unnamed", self._describe(first, last, actor))

    def _describe(self, first: int, last: int, actor: Actor) -> Mention:
        """The mention of an actor without a name; names inside it keep their own words."""
        if (first, last) not in self.described:
            covered = {i: self.clusters.at[i] for i in range(first, last) if i in self.clusters.at}
            self.described[first, last] = self.clusters.add(first, last, "nominal", "nominal", actor)
            self.clusters.at.update(covered)
        return self.described[first, last]

    def _country(self, first: int, last: int) -> str | None:
        countries = [m.actor.country_code for m in self._names(first, last) if m.actor.kind == "country"]
        return countries[0] if countries else None

    # ---- for whom, to whom

    def _speak_for(self, speaker: Speaker, first: int, last: int) -> None:
        """Sets for whom a spokesman or an unnamed official speaks."""
        if speaker.actor is None or speaker.actor.kind in ("organization", "country"):
            return
        if speaker.actor.kind == "person":
            role = speaker.role
            if role and any(word in (role.text or "").lower() for word in SPEAKS_FOR[:2]):
                speaker.on_behalf_of = role.organization
            return
        for i in range(first, last):
            mention = self.clusters.at.get(i)
            if mention and mention is not speaker.mention and mention.actor is not speaker.actor:
                speaker.on_behalf_of, speaker.behalf_mention = mention.actor, mention
                speaker.actor.country_code = speaker.actor.country_code or mention.actor.country_code
                return

    def _addressee(self, attribution: Attribution, speaker: Speaker) -> Mention | None:
        """The actor named right after a cue of telling: 'told Reuters', 'told the minister'."""
        if attribution.cue is None:
            return None
        first, last = self.text.word_range(*attribution.cue)
        if not any(self.text.lower[i] in TELLING for i in range(first, last)):
            return None
        mention = self.clusters.at.get(last) or self.clusters.at.get(last + 1)
        if mention is None or mention.first > last + (
            last < len(self.text) and self.text.lower[last] == "the"
        ):
            return self._listeners(last)
        return mention if mention.actor is not speaker.actor else None

    def _listeners(self, first: int) -> Mention | None:
        """Those without a name who are told: 'reporters', 'local media', as a group of this article."""
        for i in range(first, min(first + 3, len(self.text))):
            if self.text.lower[i] in LISTENERS:
                name = " ".join(self.text.slice(first, i + 1).split())
                actor = self.unnamed.get(name.lower())
                if actor is None:
                    actor = self.unnamed[name.lower()] = self.clusters.new_actor(
                        Actor("group", name, is_full=False)
                    )
                return self._describe(first, i + 1, actor)
            if not self.text.words[i].islower() or self.text.lower[i] in BREAKS | PREPOSITIONS:
                return None
        return None

"""Find who made each statement: the actor that the source span means.

Takes the `References` of an article, and its statements as `Attribution`s; returns one `Speaker` per attribution. A
source that refers to no named actor becomes an actor that belongs to this article only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from transforms.resolve import lexicon
from transforms.resolve.addressees import Addressees
from transforms.resolve.article_text import Text
from transforms.resolve.authors import FIRST_AND_SECOND_PERSON, SINGULAR, find_label, find_narrator
from transforms.resolve.coreference import THE, References
from transforms.resolve.introductions import FAR, find_before_colon, find_interviewee, find_subject
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor, Attribution, Mention, Speaker
from transforms.resolve.name_gaps import gives_name
from transforms.resolve.nameless import Nameless
from transforms.resolve.phrases import (
    BREAKS,
    HIS,
    PREPOSITIONS,
    ends_at,
    find_body,
    find_owner,
    find_publisher,
    head_after_names,
    head_of,
    is_body,
    is_document,
    is_plural,
    is_shown,
    names_in,
    singular,
    word_before,
)
from transforms.resolve.questions import (
    GOVERNMENT,
    Query,
    ask_description,
    ask_missing_source,
    ask_pronoun,
    form_of,
)
from transforms.resolve.relatives import RELATIVE, find_antecedent
from transforms.resolve.role_phrases import names_roles
from transforms.resolve.role_words import may_be_person
from transforms.resolve.turns import has_personal_answers, opens_answer
from transforms.resolve.vague_sources import INDEFINITE, SEVERAL, is_other_name, means_anybody, trim
from transforms.resolve.word_lists import DETERMINERS, LETTERS_AFTER

WORKS = frozenset("for of at from with".split())  # between a person and the employer
SPEAKS_FOR = ("spokes", "press secretary", "lawyer", "attorney", "representative")


def find_speakers(references: References, attributions: Sequence[Attribution]) -> list[Speaker]:
    """Return one speaker per attribution, in the same order, and resolve all other references on the way.

    Sources and references outside quotation marks come first, in the order of the text, because "he" after "Roe said"
    depends on the speaker. Nested statements follow; their speakers do not count as the previous speaker of the text.
    References inside quotation marks come last, when all speakers are known.
    """
    text, finder = references.text, _Finder(references)
    places = [_place(text, attribution) for attribution in attributions]
    outside = [i for i in references.triggers if not text.quoted[i]]
    own = ((place, 0, n) for n, place in enumerate(places) if attributions[n].parent is None)
    events = sorted([*own, *((i, 1, i) for i in outside)])
    speakers: dict[int, Speaker] = {}
    for place, is_trigger, number in events:
        if is_trigger:
            references.resolve(place)
        else:
            speakers[number] = finder.find(attributions[number], number)
    for number, attribution in enumerate(attributions):
        if attribution.parent is not None:
            around = speakers[attribution.parent].actor
            if text.quoted[places[number]]:
                references.resolve(places[number], around)
            speakers[number] = finder.find(attribution, number, around)
    for number, speaker in speakers.items():
        speaker.likelihood = references.likelihoods.get(number, 1.0)
    found = [speakers[number] for number in range(len(attributions))]
    speaker_at = _speakers_by_word(text, attributions, found)
    for i in references.triggers:
        if text.quoted[i]:
            references.resolve(i, speaker_at.get(i))
    return found


def _place(text: Text, attribution: Attribution) -> int:
    """Return the first word of the source, or of the content if there is no source or if it is far before."""
    content = text.word_range(*attribution.contents[0])[0]
    source = text.word_range(*attribution.source)[0] if attribution.source else content
    is_far = text.paragraphs[source] + FAR <= text.paragraphs[content]
    return content if is_far and not attribution.cue else source


def _speakers_by_word(
    text: Text, attributions: Sequence[Attribution], speakers: Sequence[Speaker]
) -> dict[int, Actor]:
    """Map the words of contents to the actor who said them."""
    found: dict[int, Actor] = {}
    for attribution, speaker in zip(attributions, speakers, strict=True):
        if speaker.actor:
            for content in attribution.contents:
                found.update(dict.fromkeys(range(*text.word_range(*content)), speaker.actor))
    return found


class _Finder:
    def __init__(self, references: References) -> None:
        self.references, self.discourse = references, references.discourse
        self.text, self.clusters, self.phrases = references.text, references.clusters, references.phrases
        self.nameless = Nameless(references)
        self.addressees = Addressees(references, self.nameless)
        self.previous: Speaker | None = None
        self.ended = -1  # the last word of the previous statement
        self.interviewed: Actor | None = None

    def find(self, attribution: Attribution, number: int, around: Actor | None = None) -> Speaker:
        """Return the speaker of an attribution, which has the index `number` in the article.

        `around` is the speaker of the statement that contains the attribution."""
        first, last = (
            trim(self.text, *self.text.word_range(*attribution.source)) if attribution.source else (0, 0)
        )
        if first >= last:
            return self._missing_source(attribution, number)
        begin, end = self.text.word_range(attribution.contents[0][0], attribution.contents[-1][1])
        is_free = attribution.cue is None and attribution.parent is None
        introduced = find_subject(self.references, begin, end - 1, first) if is_free else None
        if introduced is not None:
            return self._note(Speaker("none", introduced, form="none"), begin, attribution)
        speaker = self._first_person(attribution, first, last, around)
        speaker = speaker or (self._relative(first, last) if attribution.cue else None)
        speaker = speaker or self._pronoun(first, last, number) or self._person(first, last)
        speaker = speaker or self._official(first, last) or self._body(first, last)
        speaker = speaker or self._document(first, last, number) or self._description(first, last, number)
        speaker = speaker or self._unnamed(first, last)
        if speaker.resolution == "pronoun":
            speaker.form = "pronoun"
        elif speaker.resolution != "named":
            speaker.form = form_of(singular(self.text.lower[self._head(first, last)]))
        self._speak_for(speaker, first, last)
        speaker.addressee = self._addressee(attribution, speaker.actor)
        return speaker if attribution.parent is not None else self._note(speaker, first, attribution)

    def _note(self, speaker: Speaker, place: int, attribution: Attribution) -> Speaker:
        """Record a speaker as the previous one; `place` is the first word of the source. Return the speaker."""
        self.discourse.note_speaker(place, speaker.actor)
        self.previous = speaker
        ends = (attribution.source, attribution.contents[-1])
        self.ended = max(self.text.word_range(*span)[1] for span in ends if span) - 1
        return speaker

    def _missing_source(self, attribution: Attribution, number: int) -> Speaker:
        """Return the speaker of a statement without a source, such as a quoted paragraph or an answer.

        A statement with a cue but no source ("It was announced that") has no speaker.
        """
        first, last = self.text.word_range(*attribution.contents[0])
        if first >= last or attribution.cue:
            return Speaker("none", addressee=self._addressee(attribution, None), form="none")
        if opens_answer(self.text, first) and not self._has_personal_answers:
            return Speaker("none", form="none")
        introduced = find_before_colon(self.references, first, last - 1, None)
        actor = introduced.actor if introduced else self._interviewee(first)
        actor = actor or self.references.ask(ask_missing_source(first, last, number))
        if (actor := actor or self._who_goes_on(first)) is None:
            return Speaker("none", form="none")
        before, after = self.discourse.around(actor, first)
        self.discourse.note_speaker(first, actor)
        return Speaker("none", before or after, form="none")

    def _who_goes_on(self, first: int) -> Actor | None:
        """Return the speaker of the statement that ends in the paragraph of word `first`, a quotation, or before it."""
        if self.previous is None or not self.text.quoted[first] or self.ended >= first:
            return None
        is_near = self.text.paragraphs[first] - self.text.paragraphs[self.ended] <= 1
        return self.previous.actor if is_near else None

    @cached_property
    def _has_personal_answers(self) -> bool:
        return has_personal_answers(self.text)

    def _interviewee(self, first: int) -> Actor | None:
        """Return who gives the answers of an interview, if word `first` is in one of these answers."""
        if opens_answer(self.text, first) and self.interviewed is None:
            self.interviewed = find_interviewee(self.discourse, first)
        return self.interviewed if opens_answer(self.text, first) else None

    def _head(self, first: int, last: int) -> int:
        return head_after_names(self.text, self.clusters, first, last)

    # ---- the forms of a source

    def _first_person(
        self, attribution: Attribution, first: int, last: int, around: Actor | None
    ) -> Speaker | None:
        """Return who is "I": within a statement its speaker, outside quotation marks the author or who has the turn.

        Return None for other words, and for "I" in quotation marks that belong to no statement."""
        word, is_nested = self.text.lower[first], attribution.parent is not None
        if word not in FIRST_AND_SECOND_PERSON or first in self.clusters.at or self.text.words[first] == "US":
            return None
        if around and word in SINGULAR and last - first > 1:  # "my mother"
            self.references.add(first, first + 1, "pronoun", around)
        if last - first > 1 or (is_nested and word not in SINGULAR):
            return None
        if not is_nested and self.text.quoted[first]:
            return None
        if not is_nested:
            around = find_label(self.discourse, first) if not word.startswith("you") else None
            around = around or (self._narrator if word in SINGULAR else None)
        return Speaker("pronoun", self.references.add(first, last, "pronoun", around) if around else None)

    @cached_property
    def _narrator(self) -> Actor | None:
        return find_narrator(self.discourse)

    def _relative(self, first: int, last: int) -> Speaker | None:
        """Return whom "who" or "which" means, if the words before it show it."""
        if last - first != 1 or self.text.lower[first] not in RELATIVE or first in self.clusters.at:
            return None
        found = find_antecedent(self.text, self.clusters, first)
        if isinstance(found, Mention):
            return Speaker("pronoun", self.references.add(first, last, "pronoun", found.actor))
        if found is None:
            return None
        return self._unnamed(found.start, found.stop) if found else Speaker("pronoun")

    def _pronoun(self, first: int, last: int, number: int) -> Speaker | None:
        if last - first != 1:
            return None
        guess = self.references.only_body_near(first) if self.text.lower[first] == "it" else None
        query = ask_pronoun(self.text, first, number, guess=guess)
        if query is None:
            return None
        known = self.clusters.at.get(first)
        if known is not None:
            return Speaker("pronoun", known)
        actor = self.references.ask(query)
        mention = self.references.add(first, last, "pronoun", actor) if actor else None
        return Speaker("pronoun", mention, self._others_of(actor, query))

    def _others_of(self, actor: Actor | None, query: Query) -> list[Mention]:
        """Return the actors that "they" or "the statement" means besides `actor`.

        If `actor` made the previous statement, these are its co-speakers. Otherwise "they" means also the actors in the
        same list of names.
        """
        if actor is None or actor.kind == "group" or not (query.plural or query.form == "document"):
            return []
        before = self.previous
        if before and before.actor is actor:
            return list(before.co_speakers)
        named, ahead = self.discourse.around(actor, query.first)
        near = named or ahead
        return self.discourse.listed_with(near) if query.plural and near else []

    def _person(self, first: int, last: int) -> Speaker | None:
        """Return the first person named in the source, skipping people in descriptions: 'a spokesman for Ann Roe'."""
        people = [
            m
            for m in names_in(self.clusters, first, last)
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

    def _is_head(self, mention: Mention, first: int, last: int) -> bool:
        start = self.phrases.get(mention.first, mention.first)
        before = word_before(self.text, start, first)
        after = self.text.lower[mention.last] if mention.last < last else ","
        ended = after in BREAKS or after in PREPOSITIONS or after == ")" or after.upper() in LETTERS_AFTER
        return before not in PREPOSITIONS and ended

    def _is_coordinated(self, head: Mention, other: Mention) -> bool:
        start = self.phrases.get(other.first, other.first)
        between = self.text.lower[head.last : start]
        clause = {"who", "which", "that", "whose"} & set(between)
        return bool(between) and between[-1] in ("and", ",", "or", "&") and not clause

    def _official(self, first: int, last: int) -> Speaker | None:
        """Return an unnamed person from an organization: 'an Office for Trade spokeswoman', 'two Acme managers'."""
        role, before = self.text.lower[last - 1], self.clusters.at.get(last - 2)
        of_body = before is not None and before.kind == "name" and before.actor.kind == "organization"
        anybody = self.text.lower[first] in INDEFINITE and (names_roles(role) or may_be_person(role))
        return self._unnamed(first, last) if of_body and anybody else None

    def _body(self, first: int, last: int) -> Speaker | None:
        """Return the organization, country or group that the source names: 'Acme', 'the Dutch government'."""
        if self.text.lower[first] in SEVERAL:  # "several Republicans"
            return None
        start = self._skip_adjectives(first, last)
        mention = self.clusters.at.get(start)
        name = self.clusters.latent.get(start)
        if mention is None and name is None:
            return self._body_in_apposition(first, last)
        if mention is None or mention.actor.kind == "person" or mention.kind != "name":
            if name is None or not ends_at(self.text, name.last, last):
                return self._body_in_apposition(first, last)
            woken = self.clusters.add_metonym(name)
            return Speaker("named", woken) if woken else None
        if ends_at(self.text, mention.last, last) and (
            mention.rule != "adjective" or self._is_people(mention)
        ):
            return Speaker("named", mention, self._co_bodies(mention, last))
        if (
            mention.actor.kind == "country"
            and self.text.lower[head_of(self.text, mention.last, last)] in GOVERNMENT
        ):
            return Speaker("nominal", mention)
        return self._body_in_apposition(first, last)

    def _body_in_apposition(self, first: int, last: int) -> Speaker | None:
        """Return the organization after a description: 'The public broadcaster NRK', "Walden's parent company Acme"."""
        mention = find_body(self.text, self.clusters, first, last)
        return Speaker("named", mention, self._co_bodies(mention, last)) if mention else None

    def _skip_adjectives(self, first: int, last: int) -> int:
        """Return the first word of a body after adjectives: Roe in 'the nonpartisan Roe Commission'.

        A country has at most one: 'neighbouring Norvia'. Otherwise, return the first word after the article."""
        start = i = first + (self.text.lower[first] in DETERMINERS)
        while i < last and i - start < 3 and i not in self.clusters.at and self._may_be_adjective(i):
            if (
                self.text.lower[i] in BREAKS
                or self.text.lower[i] in PREPOSITIONS
                or is_role(self.text.lower[i])
            ):
                return start
            i += 1
        mention = self.clusters.at.get(i)
        kind = mention.actor.kind if mention else None
        return i if kind == "organization" or (kind == "country" and i == start + 1) else start

    def _may_be_adjective(self, i: int) -> bool:
        return self.text.words[i].islower() or self.text.opens_sentence(i)

    def _document(self, first: int, last: int, number: int) -> Speaker | None:
        """Return the author of a document, if the source names the author: "Acme's report", 'a letter from Roe'."""
        head = self._head(first, last)
        written, published = is_document(self.text, head), None
        owner = find_owner(self.text, self.clusters, first, last, head) if written else None
        if owner is None and written:
            owner = published = find_publisher(self.text, head)
        if owner is None:
            return None
        speaker = self._person(*owner) or self._body(*owner) or self._pronoun(*owner, number)
        if speaker is None and published and is_body(self.text.lower[self._head(*owner)]):
            speaker = self._description(*owner, number) or self._unnamed(*owner)
        if speaker is None and owner[0] == first and self.text.lower[first] in DETERMINERS:
            speaker = self._description(*owner, number)
            if speaker is None and is_body(self.text.lower[self._head(*owner)]):
                found = self._description(first, last, number, is_of_body=True)
                return found or self._unnamed(first, last)
        if speaker is None or speaker.actor is None or speaker.actor.is_nameless:
            return None
        return speaker

    def _is_people(self, mention: Mention) -> bool:
        """Whether a mention means several people: 'The Dutch', 'the Russians', but not 'the Russian'."""
        several = self.text.lower[mention.last - 1].endswith(("s", "ese", "ch", "sh"))
        return several and mention.first > 0 and self.text.lower[mention.first - 1] == "the"

    def _co_bodies(self, head: Mention, last: int) -> list[Mention]:
        """Return the other actors in a source such as 'Acme and Widget Corp', except people: here Widget Corp."""
        others = []
        for mention in names_in(self.clusters, head.last, last):
            before = word_before(self.text, mention.first, head.last)
            if before == "and" and mention.actor is not head.actor and mention.actor.kind != "person":
                others.append(mention)
        return others

    def _description(self, first: int, last: int, number: int, *, is_of_body: bool = False) -> Speaker | None:
        """Return the known actor that a description means, if any: 'the Dutch minister', 'the report'.

        `is_of_body` says that it is a document of an organization."""
        if self.text.lower[first] in HIS:  # "her family"
            self.references.resolve(first)
        known, head = self.clusters.at.get(first), self._head(first, last)
        if known is not None and known.kind == "name" and known.last > head and known.rule != "adjective":
            return None
        if (first, last) in self.nameless.described:
            mention = self.nameless.described[first, last]
            return Speaker("unnamed" if mention.actor.is_nameless else "nominal", mention)
        opens = known is not None and known.actor.kind in ("country", "organization")
        _, guess = (
            self.references.guess(first - opens) if opens or self.text.lower[first] in THE else (None, None)
        )
        query = ask_description(self.text, self.clusters, first, last, head, number, guess)
        query = query._replace(is_of_body=is_of_body)
        if means_anybody(self.text, self.clusters, query) or is_other_name(
            self.text, self.clusters, query, head
        ):
            return None
        actor = self.references.ask(query)
        if actor is None or (actor.is_nameless and self._is_of_another_body(actor, first, last)):
            return None
        mention = self.nameless.describe(first, last, actor)
        resolution = "unnamed" if actor.is_nameless else "nominal"
        return Speaker(resolution, mention, self._others_of(actor, query))

    def _is_of_another_body(self, actor: Actor, first: int, last: int) -> bool:
        """Whether organizations are named in both descriptions, but none in both: 'an Acme guard', 'a NATO guard'."""
        here = self._bodies_in(first, last)
        there = {body for mention in actor.mentions for body in self._bodies_in(mention.first, mention.last)}
        return bool(here and there) and here.isdisjoint(there)

    def _bodies_in(self, first: int, last: int) -> set[Actor]:
        return {m.actor for m in names_in(self.clusters, first, last) if m.actor.kind == "organization"}

    def _unnamed(self, first: int, last: int) -> Speaker:
        """Return a source without a name as an actor of this article: 'a senior official', 'two residents'."""
        known = self.clusters.at.get(first)
        if known and (known.first, known.last) == (first, last) and not known.actor.is_nameless:
            return Speaker("named" if known.kind == "name" else known.kind, known)
        end = self._head(first, last) + 1
        head = self.text.lower[end - 1]
        definite = self.text.lower[first] not in INDEFINITE
        name = " ".join(self.text.slice(first, min(last, first + 20)).split())
        key = name.lower().removeprefix("the ")
        actor = self.nameless.actors.get(key)
        if actor is None:
            actor = self.nameless.lower_case_body(first, end) if definite else None
            if actor is None:
                kind = "group" if is_plural(head) and not is_role(head) else "unnamed"
                country, gender = self.nameless.country(first, end), lexicon.title_genders().get(head)
                actor = Actor(kind, name, country_code=country, gender=gender, is_full=False)
            self.nameless.actors[key] = self.clusters.new_actor(actor)
        if actor.kind == "organization":
            return Speaker("nominal", self.nameless.describe(first, last, actor))
        definite = definite and is_role(head)
        return Speaker("role" if definite else "unnamed", self.nameless.describe(first, last, actor))

    # ---- represented actors

    def _speak_for(self, speaker: Speaker, first: int, last: int) -> None:
        """Set the actor for whom a spokesman or an unnamed official speaks."""
        if speaker.actor is None or speaker.actor.kind in ("organization", "country"):
            return
        if is_shown(self.text, first, last):
            return
        if speaker.actor.kind == "person":
            role = speaker.role
            if role and any(word in (role.text or "").lower() for word in SPEAKS_FOR[:2]):
                speaker.on_behalf_of = role.organization
            return
        for i in range(first, last):
            mention = self.clusters.at.get(i)
            if mention and mention is not speaker.mention and mention.actor is not speaker.actor:
                if mention.rule == "adjective":
                    mention = self._employer(first, last, mention) or mention
                speaker.on_behalf_of, speaker.behalf_mention = mention.actor, mention
                speaker.actor.country_code = speaker.actor.country_code or mention.actor.country_code
                return

    def _employer(self, first: int, last: int, adjective: Mention) -> Mention | None:
        """Return Acme in 'a spokesman for the German carmaker Acme' and in 'a German spokesman for Acme'."""
        k = next((k for k in range(first, last) if self.text.lower[k] in WORKS), last)
        if self.text.lower[k : k + 1] != ["for"] and k > adjective.first:
            return None  # "a German official at the Acme plant"
        return find_body(self.text, self.clusters, k + 1, last)

    def _addressee(self, attribution: Attribution, actor: Actor | None) -> Mention | None:
        if attribution.cue is None:
            return None
        spoken = [self.text.word_range(*content) for content in attribution.contents]
        source = self.text.word_range(*attribution.source) if attribution.source else None
        before = self.previous
        last = (before.addressee, before.actor) if before and before.addressee else None
        return self.addressees.find(self.text.word_range(*attribution.cue), source, spoken, actor, last)

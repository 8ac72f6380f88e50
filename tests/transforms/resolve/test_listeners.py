"""Addressees: where the words for the listener end, and the audience of an interview."""

from __future__ import annotations

import pytest

from tests.steps import build_from_bodies, build_from_files
from transforms.resolve.article_text import Text
from transforms.resolve.listeners import find_asker, find_audience, find_listener


def _words(text: Text, found: tuple[int, int] | None) -> str | None:
    return text.slice(*found) if found else None


@pytest.mark.parametrize(
    ("body", "cue", "told"),
    [
        ("She told jurors Mr Pell had left.", "told", "jurors"),
        ("He told the court Ann Roe was late.", "told", "the court"),
        ("He told parliament yesterday that the ship sank.", "told", "parliament"),
        ("The book said to wait 12 hours.", "said", None),
        ("He asked for a review of the plan.", "asked for", None),
        ("He told colleague Ann Roe that the ship sank.", "told", "colleague Ann Roe"),
        ("He told state-owned Norpress that the ship sank.", "told", "state-owned Norpress"),
        ("He wrote to Ann Roe demanding an answer.", "wrote to", "Ann Roe"),
        ("He argued before the High Court that the law was void.", "argued", "the High Court"),
        ("He argued before the vote that the law was void.", "argued", None),
        ("He urged a limit on the number of vans.", "urged", None),
        ("She ordered the sale be stopped.", "ordered", None),
        ("She ordered the crew to leave.", "ordered", "the crew"),
        ("She asked her followers which plan was best.", "asked", "her followers"),
        ("She encouraged new rules for vans.", "encouraged", None),
        ("She warned the plans would fail.", "warned", None),
        ("The jury was later told that the car was stolen.", "told", "The jury"),
        ("MPs were told by the minister that the fund was empty.", "told by", "MPs"),
        ("He told reporters outside the court that the car was stolen.", "told", "reporters"),
        ("He told the Sunday Gazette on Friday that the car was stolen.", "told", "the Sunday Gazette"),
        ("He told reporters Sunday that the car was stolen.", "told", "reporters"),
        ("He told local outlet Dorne Star that the car was stolen.", "told", "local outlet Dorne Star"),
        ("He told Rep. Ann Roe that the car was stolen.", "told", "Rep. Ann Roe"),
        ("The car was stolen, he told Dorne News. Thieves left.", "told", "Dorne News"),
        ("The car was stolen, he told the Treasury.\n\nThieves left.", "told", "the Treasury"),
        ("He told Norpress two years ago that the car was stolen.", "told", "Norpress"),
        ("He warned two weeks ago that the car was stolen.", "warned", None),
        ("He told the Gazette days before the trial that the car was stolen.", "told", "the Gazette"),
        ("He told Mr. Roe that the car was stolen.", "told", "Mr. Roe"),
        ("The plan failed, he told Dorne. Mr Roe left.", "told", "Dorne"),
        ("He told reporters travelling with him that the car was stolen.", "told", "reporters"),
        ("He told the 5th Dorne Summit that the car was stolen.", "told", "the 5th Dorne Summit"),
        ("He told affiliate Radio Dorne that the car was stolen.", "told", "affiliate Radio Dorne"),
        ("He wrote to Ann Roe, urged by his wife.", "wrote to", "Ann Roe"),
        ("He wrote to Ann Roe pressed by his wife.", "wrote to", "Ann Roe"),
        ("He told dorne.tv that the car was stolen.", "told", "dorne.tv"),
        ("The agency is warning that the car was stolen.", "warning", None),
        ("The mayors called upon Ann Roe to resign.", "called upon", "Ann Roe"),
        ("He is appealing to donors to help.", "appealing", "donors"),
        ("She repeatedly demanded of Roe when it would end.", "demanded of", "Roe"),
        ("He insisted to reporters that the car was stolen.", "insisted", "reporters"),
        ("She screamed at the driver that he must stop.", "screamed", "the driver"),
        ("He stressed their opposition to the Dorne plan.", "stressed their opposition to", None),
        ("The police cautioned people to stay at home.", "cautioned", "people"),
        ("The panel pressed him about the bill.", "pressed him about", "him"),
        ("She questioned the minister over the bill.", "questioned", "the minister"),
        ("She questioned the need for the bill.", "questioned", None),
        ("He challenged the plan.", "challenged", None),
        ("She demanded the council to rebuild the wall.", "demanded", "the council"),
        ("She requested a meeting to discuss the wall.", "requested", None),
        ("He promised the workers that the wall would stay.", "promised", "the workers"),
        ("He promised lower taxes.", "promised", None),
        ("The bank assures a dismal future for the young.", "assures", None),
        ("They issued a plea to the government for tents.", "issued a plea", "the government"),
        ("He made a promise to build a wall.", "made a promise", None),
        ("The firm responded to the flood by closing.", "responded to", None),
        ("The firm responded to the minister by closing.", "responded to", "the minister"),
        ("He was asked about the bill. Roe left.", "was asked about", "He"),
        ("Mr Pell was asked about the bill.", "was asked about", "Mr Pell"),
        ("The jury at the court in Dorne was told that he left.", "told", "The jury"),
        ("In a poll the question was asked whether he left.", "asked", None),
        ("Ann Roe, asked Friday in Dorne if he left, said no.", "asked", None),
        ("The force warned several times that he left.", "warned", None),
        ("He told the inquest much of it was false.", "told", "the inquest"),
        ("He told the Gazette back in 2017 that he left.", "told", "the Gazette"),
        ("He told Friday's council meeting that he left.", "told", "Friday's council meeting"),
        ("She thanked the First Lady for coming.", "thanked", "the First Lady"),
        ("She warned “Labour must get tough and smart” on vans.", "warned", None),
        ("She told “Dorne Weekly News” that he left.", "told", "Dorne Weekly News"),
        ("You can tell a lot about them.", "tell", None),
        ("People are asking themselves why he left.", "asking", None),
    ],
)
def test_listener_ends_where_the_content_begins(body: str, cue: str, told: str | None):
    text = Text(body)
    start = body.index(cue)
    assert _words(text, find_listener(text, *text.word_range(start, start + len(cue)))) == told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("In an interview with the Dorne Gazette, Reim said she would go.", "the Dorne Gazette"),
        ("In a statement given to the Gazette, Reim said she would go.", "the Gazette"),
        ("After talks with Norland, Reim said she would go.", None),
        ("Reim said in a telephone interview with the Gazette that she would go.", "the Gazette"),
        ("In an interview published on Sunday by the Gazette, Reim said she would go.", "the Gazette"),
        ("Reim, speaking Friday to teachers, said she would go.", "teachers"),
        ("Testifying before the Senate, Reim said she would go.", "the Senate"),
        ("Speaking before the match, Reim said she would go.", None),
        ("Reim, addressing the nation, said she would go.", "the nation"),
        ("Reim, addressing the problem, said she would go.", None),
        ("Addressing the problem facing senior officials, Reim said she would go.", None),
        ("Talking to the Gazette, Reim said she would go.", "the Gazette"),
        ("Speaking to this problem, Reim said she would go.", None),
        ("In a call with Dirk Vane, Reim said she would go.", "Dirk Vane"),
        ("After a call with Dirk Vane, Reim said she would go.", None),
        ("In a filing with the Harbour Agency, Reim said she would go.", "the Harbour Agency"),
    ],
)
def test_audience_of_an_interview_is_the_addressee(body: str, told: str | None):
    text = Text(body)
    start = body.index("said")
    assert _words(text, find_audience(text, *text.word_range(start, start + 4))) == told


def test_words_are_a_mention_of_one_actor_so_that_each_profile_is_shown():
    """The people of a country used to become a group without a mention, which outlived its withdrawn article."""
    tables = build_from_files({"a": b"George Bale last week urged Americans to save energy."}).tables
    told = tables["statement_actors"].filter(relation="addressee").join(tables["mentions"], on="mention_id")
    assert told.height == 1 and told["profile_id"].equals(told["profile_id_right"])
    assert set(tables["profiles"]["profile_id"]) == set(tables["mentions"]["profile_id"])


def test_people_of_a_country_are_addressed_not_the_country():
    body = "Talia and America signed the deal. Ann Reim urged Americans to stay at home."
    tables = build_from_bodies([body]).tables
    kinds = dict(tables["actors"].select("actor_id", "kind").rows())
    told = tables["statement_actors"].filter(relation="addressee")["actor_id"].to_list()
    assert [kinds[actor] for actor in told] == ["group"]


def test_who_asks_is_not_asked():
    body = "“Why should he be trusted?” asks Rep. Ann Reim, who wrote the bill."
    tables = build_from_bodies([body]).tables
    assert tables["statements"].height == 1
    assert tables["statement_actors"].filter(relation="addressee").is_empty()


def test_what_is_said_names_no_audience():
    text = Text("Reim said her letter to the Gazette was lost.")
    assert find_audience(text, 1, 2, [(2, text.size)]) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Reim called it a lie in an interview with the Gazette.", "the Gazette"),
        ("Reim called it a lie, in a letter to the Gazette.", "the Gazette"),
        ("Reim called it a lie but he spoke to the Gazette.", None),
    ],
)
def test_audience_may_follow_what_is_said(body: str, told: str | None):
    text = Text(body)
    assert _words(text, find_audience(text, 1, 2, [(2, 5)])) == told


@pytest.mark.parametrize(
    ("body", "asker"),
    [
        ("Asked by Dr Vane whether she would go, Reim said no.", "Dr Vane"),
        ("In response to a question from Dr Vane, Reim said no.", "Dr Vane"),
        ("In response to the Gazette's questions, Reim said no.", "the Gazette"),
        ("Responding to voters' anger, Reim said no.", None),
        ("Asked about the ship, Reim said no.", None),
        ("Reim said no when asked by Dr Vane whether she would go.", "Dr Vane"),
        ("Reim said no, and was asked by Dr Vane whether she would go.", None),
    ],
)
def test_asker_is_who_asked_what_somebody_answers(body: str, asker: str | None):
    text = Text(body)
    start = body.index("said")
    assert _words(text, find_asker(text, text.word_range(start, start + 4)[0])) == asker


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Asked by Dirk Vane whether she would go, Ann Reim said she would stay.", "Dirk Vane"),
        ("Responding to the flood, Ann Reim said she would stay.", None),
        ("Ann Reim told the BBC's Harbour Show that she would stay.", "BBC"),
        ("In a BBC interview, Ann Reim said she would stay.", "BBC"),
        ("Dirk Vane is ill. Ann Reim asked him to stay at home.", "Dirk Vane"),
    ],
)
def test_addressee_is_a_person_or_an_organization(body: str, told: str | None):
    tables = build_from_bodies([body]).tables
    names = dict(tables["actors"].select("actor_id", "name").rows())
    said = tables["statements"].filter(tables["statements"]["content"].str.contains("stay"))
    addressed = tables["statement_actors"].filter(relation="addressee").join(said, on="statement_id")
    assert [names[actor] for actor in addressed["actor_id"]] == ([told] if told else [])


def test_second_cue_of_a_sentence_has_the_same_addressee():
    body = "Ann Reim told the Dorne Gazette that she would stay, and said that the plan was good."
    tables = build_from_bodies([body]).tables
    assert tables["statement_actors"].filter(relation="addressee").height == tables["statements"].height == 2


def test_who_answers_is_whom_a_question_was_put_to():
    tables = build_from_bodies(["Asked if she would leave Dorne, Ann Reim said she would stay."]).tables
    names = dict(tables["actors"].select("actor_id", "name").rows())
    addressed = tables["statement_actors"].filter(relation="addressee")
    assert [names[actor] for actor in addressed["actor_id"]] == ["Ann Reim"]


def test_who_goes_on_with_a_participle_speaks_to_the_same_people():
    body = "Ann Reim told the jury that the car was stolen, describing the driver as a thief."
    tables = build_from_bodies([body]).tables
    assert tables["statements"]["cue"].to_list() == ["told", "describing"]
    assert tables["statement_actors"].filter(relation="addressee")["statement_id"].n_unique() == 2


def test_people_of_somebody_are_addressed():
    tables = build_from_bodies(["Ann Reim asked her students to stay at home."]).tables
    names = dict(tables["actors"].select("actor_id", "name").rows())
    addressed = tables["statement_actors"].filter(relation="addressee")
    assert [names[actor] for actor in addressed["actor_id"]] == ["her students"]

"""Measure how much an article is about each of a few topics, by the words that it uses."""

from __future__ import annotations

from transforms.resolve.article_text import Text

TOPICS = {
    "sport": "match game games season coach goal goals cup league win team teams player players club striker "
             "tournament championship final score scored race rugby football cricket tennis squad injury".split(),
    "violence": "gang gangs cartel cartels militants armed terror terrorist attack attacks drug violence".split(),
    "music": "album song songs band music singer concert film films actor festival album artist".split(),
    "business": "shares stock profit profits revenue sales customers market investors billion quarter pct dlrs".split(),
    "politics": "election elections voters lawmakers bill vote votes minister parliament campaign senator".split(),
    "court": "court judge trial lawyer lawyers jury charges prosecutors ruling appeal".split(),
    "school": "students university school teachers campus professor research researchers study".split(),
    "health": "patients hospital doctors health vaccine disease medical".split(),
}  # fmt: skip
OFTEN, SOMETIMES = 8, 2  # words of the topic in a thousand words


def topic_level(text: Text, topic: str) -> int:
    """Return 2 if the article often uses words of the topic, 1 if it sometimes does, else 0."""
    count = sum(len(text.places[word]) for word in TOPICS[topic] if word in text.places)
    share = 1000 * count / (text.size + 50)
    return 0 if share < SOMETIMES else 1 if share < OFTEN else 2

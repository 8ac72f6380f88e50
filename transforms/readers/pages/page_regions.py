"""Find the parts of a web page that are not its article: bars, comments, related stories, prompts, captions.

Such parts are recognised by words in `class` and `id` (`related-links`, `comment-list`). An element with
the heading or much of the text is never dropped, whatever its name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from transforms.readers.markup import element_text, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_NO_TEXT = frozenset(("script", "style", "noscript", "template"))
_TAGS = frozenset(("aside", "nav", "footer", "form", "dialog"))
_MOST_PIECES = 50  # pieces of text of one element to look at
_LONGEST = 300  # characters of a class, an id or a title to look at
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OUTSIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|respond|disqus|related|sidebar|rail|river|recirc\w*|recommend\w*|trending|popular|newsletters?"
    r"|promos?|teasers?|most-?(?:read|popular|viewed)|more-(?:from|stories|news|on|in)|read-(?:next|more|also)|up-next"
    r"|latest|outbrain|taboola|footer|nav|navigation|navbar|menu|breadcrumbs?|advert\w*|widget)(?=$|[\s_-])"
)
_DEBRIS = re.compile(
    r"(?:^|[\s_-])(?:comments?|respond|disqus|related|recirc\w*|recommended|recommendations?|trending|newsletters?"
    r"|sign-?up|subscribe|subscription|promos?|most-?(?:read|popular|viewed)|more-(?:from|stories|news|on|in)"
    r"|read-(?:next|more|also)|up-next|outbrain|taboola|sharing|share-\w+|social-\w+|breadcrumbs?|adverts?|advertisement"
    r"|author-(?:bio|box|info|card|description|details|profile)|bio|biography|about-the-author|captions?|credits?"
    r"|copyright|donate|donation|toolbar|popular|call-to-action|cta|skip-link|inline-promo)(?=$|[\s_-])"
)
_UPDATE = re.compile(r"updated|modified")
_LINE = 60  # characters of a line with the time of an update
_MOST_TEXT = 0.25  # largest share of a page's text in elements of one class and id that are left out
_PICTURE = re.compile(
    r"(?:^|[\s_-])(?:image|img|photo|picture|figure|gallery|slideshow|lightbox)(?=$|[\s_-])"
)
_CAPTION = 300  # characters of text next to a picture that are its caption
_POINTERS = re.compile(  # titles of lists of other stories
    r"(?:more (?:from|on|in|like this|stories|news|coverage)\b.{0,60}|related(?: \w+){0,2}|recommended(?: \w+){0,3}"
    r"|most (?:read|popular|viewed)|trending(?: now)?|popular(?: \w+)?|read (?:more|next|also|this next)|up next"
    r"|(?:you (?:may|might)|people)(?: also)? (?:like|read|be interested in)|don.t miss|also (?:read|on).{0,40}"
    r"|latest (?:news|stories|headlines)|top stories|editor.s picks?|what to read next)\W*",
    re.IGNORECASE,
)
_LONGEST_LIST = 4_000  # characters of a list of other stories
_LINKED = 0.3  # share of the text of a list of stories that links to them
_CLIMB = 4  # levels between the title of a list of other stories and the whole list
_LINK_WORDS = 4  # a line that is only a link of at least this many words is a related story
_SENTENCE_END = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")


def find_heading(root: _Element) -> _Element | None:
    """Return the heading that is marked as the article's, else the first `h1` outside bars."""
    headings = [heading for heading in root.iter("h1") if element_text(heading)][:20]
    marked = [one for one in headings if "headline" in (one.get("itemprop") or "").split()]
    return next(iter(marked or [one for one in headings if not _is_in_bar(one)] or headings), None)


def find_wrappers(heading: _Element | None) -> set[_Element]:
    """Return the elements that contain the heading."""
    return set(heading.iterancestors()) if heading is not None else set()


def _is_in_bar(heading: _Element) -> bool:
    return any(_begins_outside(part, set()) for part in (heading, *heading.iterancestors()))


def drop_debris(root: _Element) -> None:
    """Remove the content of prompts, comments, captions and lists of other stories from a tree."""
    wrappers = find_wrappers(find_heading(root))
    sizes = _measure(root)
    for element in _find_debris(sizes, wrappers):
        _empty(element)
    for element in [*root.iter("h2", "h3", "h4", "h5", "h6", "p", "strong", "span", "div")]:
        if 0 < sizes[element].text <= _LONGEST and _POINTERS.fullmatch(_short_text(element)):
            _empty(_find_list(element, wrappers, sizes))
    for element in [*root.iter("p", "h2", "h3", "h4", "h5", "h6", "li")]:
        if _is_only_link(element):
            _empty(element)


def _find_debris(sizes: Mapping[_Element, Size], wrappers: set[_Element]) -> list[_Element]:
    """Return the elements that are debris according to their class or id, unless they contain much of the page.

    Paragraphs with the same class and id count together.
    """
    found = [one for one, size in sizes.items() if one not in wrappers and _is_debris(one, size.text)]
    together: Counter[str] = Counter()
    for element in found:
        if local_name(element) == "p":
            together[_words_of(element)] += sizes[element].text
    most = _MOST_TEXT * next(iter(sizes.values())).text
    return [one for one in found if max(sizes[one].text, together[_words_of(one)]) <= most]


def _short_text(element: _Element) -> str:
    """Return the text of an element on one line, cut at the length of a title."""
    return " ".join("".join(islice(element.itertext(), _MOST_PIECES))[: 2 * _LONGEST].split())


def _find_list(title: _Element, wrappers: set[_Element], sizes: Mapping[_Element, Size]) -> _Element:
    """Find the list below a title such as "More from the Post"; return the title itself if no list follows."""
    found = title
    for parent in islice(title.iterancestors(), _CLIMB):
        size = sizes[parent]
        if parent in wrappers or size.text > _LONGEST_LIST or local_name(parent) in ("body", "html"):
            break
        found = parent if size.linked >= _LINKED * size.text else found
    return found


class Size(NamedTuple):
    """The number of characters in and below an element, and how many of them are in links."""

    text: int
    linked: int


def _measure(root: _Element) -> dict[_Element, Size]:
    from lxml import etree

    sizes: dict[_Element, Size] = {}
    opened: list[tuple[int, int]] = []
    seen = linked = links = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = local_name(element)
        links += (name == "a") * (1 if event == "start" else -1)
        if event == "start":
            opened.append((seen, linked))
            sizes[element] = Size(0, 0)  # keeps the order of the page
            length = 0 if name in _NO_TEXT else len((element.text or "").strip())
        else:
            before = opened.pop()
            sizes[element] = Size(seen - before[0], linked - before[1])
            length = len((element.tail or "").strip())
        seen += length
        linked += length if links else 0
    return sizes


def _words_of(element: _Element) -> str:
    """Return the words of an element's class and id in lower case: `related-links` for `relatedLinks`."""
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return _CAMEL.sub("-", names[:_LONGEST]).lower() if len(names) > 1 else ""


def _is_debris(element: _Element, size: int) -> bool:
    words = _words_of(element)
    if _DEBRIS.search(words) or (size < _LINE and _UPDATE.search(words)):
        return True
    return bool(_PICTURE.search(words)) and _is_picture(element, size)


def _is_picture(element: _Element, size: int) -> bool:
    """Whether an element contains only a picture and its caption."""
    has_picture = next(element.iter("img", "picture"), None) is not None
    return has_picture and size < _CAPTION


def _is_only_link(element: _Element) -> bool:
    """Whether a line is only a link to another story, not a sentence."""
    links = list(element.iter("a"))[:10]
    if not links:
        return False
    text = element_text(element)
    linked = sum(len(element_text(link)) for link in links)
    return len(text.split()) >= _LINK_WORDS and linked >= len(text) - 1 and not _SENTENCE_END.search(text)


def _empty(element: _Element) -> None:
    """Remove the content of an element, but keep the text after it."""
    if local_name(element) not in ("html", "body", "article", "main"):
        element.clear(keep_tail=True)


def find_outside(root: _Element, wrappers: set[_Element]) -> set[_Element]:
    """Return all elements in bars, comments or related stories."""
    from lxml import etree

    outside: set[_Element] = set()
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= element in outside
        elif depth or _begins_outside(element, wrappers):
            outside.add(element)
            depth += 1
    return outside


def _begins_outside(element: _Element, wrappers: set[_Element]) -> bool:
    name = local_name(element)
    if element in wrappers or name in ("body", "html"):
        return False
    return name in _TAGS or bool(_OUTSIDE.search(_words_of(element)))

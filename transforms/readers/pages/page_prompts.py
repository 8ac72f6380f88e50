"""Remove links to other stories, prompts, notices and author biographies from the text of a web page.

Only whole paragraphs are removed, and only if they are short and contain no quotation.
"""

from __future__ import annotations

import re


def _one_of(*parts: str) -> str:
    return f"(?:{'|'.join(parts)})"


_LONGEST = 60  # words of a prompt
_SHORT = 16  # words; a longer line that ends in "click here" has content
_QUOTATION = re.compile(r"[\"“”«»„]|^[‘']")
_BIO_PLACES = 4  # paragraphs at the beginning and the end that may describe the authors

# "Read more: Ferries late again", "Photo: Ada Example"
_POINTER = re.compile(
    _one_of(
        "(?:also )?(?:read|see) (?:more|also|next|now|this|on)",
        "also read",
        "related(?: (?:articles?|stor(?:y|ies)|news|content|coverage|topics?|posts?))?",
        "recommended",
        "must read",
        "(?:source )?(?:image|photo|picture|video)s?(?: (?:source|caption|credit|copyright|by))?",
        "credit",
    )
    + r"\s*(?:[:|>»›]|[–—-]\s).{0,300}",
    re.IGNORECASE | re.DOTALL,
)
# "MORE : Ferries late again", "Watch: Lock opens"; "More: that is what they want." is a sentence
_SHORT_POINTER = re.compile(
    _one_of(
        "more(?: on this)?",
        "next",
        "trending",
        "read",
        "see",
        "watch",
        "listen",
        "explained",
        "explainer",
        "don.t miss",
    )
    + r"\s*(?:[:|>»›]|[–—-]\s).{0,300}(?<![.!…])",
    re.IGNORECASE | re.DOTALL,
)

# A line that is only a label: "Advertisement", "Related articles", "Story continues below"
_LABEL = re.compile(
    _one_of(
        "advertisements?",
        "ad",
        "sponsored(?: content)?",
        r"(?:story|article) continues below(?: (?:this )?ad(?:vertisement)?)?",
        r"(?:read|see|show|load|view|watch|listen) (?:more|next|also|now|comments?)",
        "also read",
        "comments?",
        r"leave a (?:comment|reply)",
        r"(?:related|recommended)(?: (?:articles?|stories|news|content|topics?|posts?|for you))?",
        r"(?:most )?(?:popular|read|viewed)",
        r"trending(?: now)?",
        r"more (?:from|on|like|in) .{2,40}",
        r"share(?: this)?(?: (?:article|story|post))?",
        r"share on \w+",
        "(?:image|media|photo) (?:caption|source|credit)",
        "print",
        "e-?mail",
        "save",
        "copy link",
        "follow",
        "tags?",
        "topics?",
        "listen",
        r"loading\b.{0,30}",
        r"swipe\b.{0,60}",
        "back to top",
        r"skip (?:to|past) .{2,60}",
        "subscribe",
        "sign (?:in|up)",
        "log ?in",
        r"more to follow",
        r"(?:this is )?a (?:breaking|developing) (?:news )?story\b.{0,80}",
    )
    + r"[.:…→>]{0,3}",
    re.IGNORECASE,
)

# "Sign up for our newsletter": a request to the reader, and its subject
_REQUEST = re.compile(
    r"(?:please )?"
    + _one_of(
        "sign ?up",
        "subscribe",
        "register",
        "log ?in",
        "join",
        "follow",
        "like",
        "get",
        "download",
        "click",
        "tap",
        "visit",
        "receive",
        "support",
        "donate",
        "become",
        "help us",
        "send",
        "e-?mail",
        "contact",
        "share",
        "have",
        "do you",
        "are you",
        "got",
        "want",
        "would you",
        "you (?:must|can|need|may)",
        "add us",
        "stay",
        "keep up",
        "for (?:more|the latest|all)",
        "to (?:comment|read|get|see|receive|continue)",
        "read",
        "bookmark",
        "check out",
        "enjoy(?:ing)?",
        "listen",
        "watch",
        "find",
        "our",
        "if you",
        "don.t miss",
        "never miss",
        "thank you",
        "thanks for",
        "your",
        "already",
        "start",
        "try",
        "not a",
        "with",
        "this article",
        "sorry",
        "now you",
    )
    + r"\b",
    re.IGNORECASE,
)
_BUSINESS = re.compile(
    r"\b"
    + _one_of(
        "newsletters?",
        "in-?box(?:es)?",
        "mailing list",
        r"e-?mail(?:ing)? (?:us|alerts?|updates?|address)",
        "(?:for|get) our e-?mails?",
        r"our (?:[\w-]+ ){0,3}(?:app|channel|page|website|site|newsroom|team|journalis\w+|reporters|community|forum)",
        r"our (?:[\w-]+ ){0,3}(?:podcast|content)",
        r"(?:on|to|our|via) (?:facebook|twitter|instagram|whatsapp|telegram|youtube|tiktok|linkedin|bluesky|threads)",
        "google news",
        r"(?:facebook|twitter|instagram|whatsapp|telegram) (?:page|channel|account|group)",
        "notifications?",
        "(?:free|an|your) account",
        r"subscri(?:be|bers?|ptions?)",
        "sign(?:ed)? (?:in|up)",
        "log(?:ged)? ?(?:in|out)",
        "logout",
        "comment(?:ing)?",
        "display name",
        "contact us",
        "get in touch",
        "news alerts?",
        "free trial",
        r"the \w* ?app",
        r"\w+ journalism",
        "visiting",
        "news page",
        "cookies",
        "your browser",
        "javascript",
        "article free",
        r"[^\s@]{1,64}@[^\s@]{1,100}\.\w{1,30}",
    )
    + r"\b",
    re.IGNORECASE,
)
_CLICK = re.compile(r"\b(?:click|tap) here\b", re.IGNORECASE)
_NOTICE = re.compile(
    _one_of(
        r"copyright\b",
        "©",
        r"\(c\) [0-9]{4}",
        "all rights reserved",
        "by (?:signing up|subscribing|entering your)",
        "we use cookies",
        "this (?:site|website|form) (?:uses|is protected)",
        r"(?:we|[\w ]{2,60}) may (?:earn|receive) (?:a |an )?(?:[\w-]+ )?commission",
        r"[^.]{2,120}\. [\w ]{2,60} may (?:earn|receive) (?:a |an )?(?:[\w-]+ )?commission",
    )
    + ".{0,300}",
    re.IGNORECASE | re.DOTALL,
)
_BIO = re.compile(
    r",? (?:is|was|are|has been|(?:has )?cover(?:s|ed)|writes|reports|joined|works|serves|makes frequent|also)\b"
)


def drop_prompts(text: str, byline: str | None) -> str:
    """Remove prompts, notices and biographies from a text; leave it unchanged if nothing else is in it."""
    paragraphs = text.split("\n\n")
    names = [name for name in re.split(r",\s+|\s(?:and|&)\s", byline or "") if " " in name]
    kept = [
        paragraph
        for number, paragraph in enumerate(paragraphs)
        if not is_prompt(paragraph)
        and not (min(number, len(paragraphs) - 1 - number) < _BIO_PLACES and _is_biography(paragraph, names))
    ]
    return "\n\n".join(kept) or text


def is_prompt(paragraph: str) -> bool:
    """Whether a paragraph is not part of an article: "Read more: ...", "Sign up for our newsletter", "© 2024"."""
    line = " ".join(paragraph[:1000].split())
    if len(paragraph) > 800 or len(line.split()) > _LONGEST or _QUOTATION.search(line):
        return bool(_LABEL.fullmatch(line.strip('"“”')))
    if any(form.fullmatch(line) for form in (_LABEL, _POINTER, _SHORT_POINTER, _NOTICE)):
        return True
    is_click = len(line.split()) < _SHORT and bool(_CLICK.search(line))
    return bool(_REQUEST.match(line)) and (is_click or bool(_BUSINESS.search(line)))


def mentions_offers(paragraph: str) -> bool:
    """Whether a paragraph mentions newsletters, accounts, subscriptions or similar offers."""
    return bool(_BUSINESS.search(paragraph[:1000]))


def _is_biography(paragraph: str, names: list[str]) -> bool:
    return any(paragraph.startswith(name) and _BIO.match(paragraph, len(name)) for name in names)

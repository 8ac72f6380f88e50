"""Parse untrusted XML and HTML, and extract text in paragraphs.

Loads nothing from outside, expands no entities, and limits the depth of trees. Refuses XML that declares entities, as
XML bombs do and news formats do not.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from transforms.readers.decode import decode, find_codec
from transforms.readers.limits import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element

    from transforms.readers.content import Content

BLOCKS = frozenset(
    "address article aside blockquote body cell dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 head header"
    " hl1 hl2 hr item li list main nav ol p pre quote row section table tbody td th thead tr ul body.content block"
    " hedline".split()
)
_SKIPPED = frozenset(
    "script style noscript template svg iframe object embed canvas audio video button select option textarea input "
    "figcaption media title".split()
)
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|blockquote|img|table|script|style|html|body|figure|svg|iframe"
    r"|section|article|sup|sub|font|center|u)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(rb"<!ENTITY|<\0!\0E\0N\0T\0I\0T\0Y|\0<\0!\0E\0N\0T\0I\0T\0Y", re.IGNORECASE)
_ROOT = re.compile(
    rb"\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>\s*)*"
    rb"<(?:[A-Za-z_][\w.-]*:)?(?P<name>[A-Za-z_][\w.-]*)[\s>/]",
    re.DOTALL,
)
_LATIN_1 = re.compile(
    rb"<\?xml\s[^>]{0,100}encoding=[\"'](?:iso-8859-1|iso-8859-15|windows-1252|us-ascii)[\"'][^>]{0,100}\?>",
    re.IGNORECASE,
)
_DECLARATION = re.compile(
    rb"<\?xml\s[^>]{0,100}?(?:encoding\s*=\s*[\"'](?P<encoding>[^\"'>]{1,40})[\"'][^>]{0,100})?\?>",
    re.IGNORECASE,
)
_CDATA = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_PREFIX = re.compile(
    rb"</?([A-Za-z_][\w.-]{0,50}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,50}):[A-Za-z_][\w.-]{0,50}\s*=\s*[\"']"
)
_DECLARED = re.compile(rb"\sxmlns:([A-Za-z_][\w.-]{0,50})\s*=")
_MOST_PREFIXES = 50
_MOST_FAULTS = 3  # kinds of faults in one document that are corrected
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_NAMES = (b"amp", b"lt", b"gt", b"quot", b"apos")
_ATTRIBUTE = r"(?:[\s/]++|(?<=[\"']))[^\s=>/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?"
_START_TAG = re.compile(rf"<(?P<name>[A-Za-z][^\s/>]{{0,50}}+)(?P<attributes>(?:{_ATTRIBUTE})*)")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_MOST_ATTRIBUTES = 500  # attributes of one element; the time of the parser is quadratic in their number
_DEEPEST = 200  # levels of elements in a page
_LONG_TAG = 20_000  # characters of a tag
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")


def parse_xml(data: bytes) -> _Element:
    """Return the root of an XML document. Raises Refused (xml_entities, nested_too_deep, malformed)."""
    from lxml import etree

    refuse_entities(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    data = _NAMED.sub(_number_reference, _correct_encoding(data.lstrip()))
    for _ in range(_MOST_FAULTS):
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            data = _correct_fault(data, str(error.msg))
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise refuse_faulty(str(error.msg)) from error


def refuse_faulty(problem: str) -> Refused:
    """Return the error for XML that libxml2 cannot read; `problem` is the message of libxml2."""
    if problem.startswith("Excessive depth"):
        return Refused("nested_too_deep", "is XML with elements nested more than 256 levels deep")
    return Refused("malformed", f"is not well-formed XML: {' '.join(problem.split())[:200]}")


def _correct_fault(data: bytes, problem: str) -> bytes:
    """Correct all places with the fault that libxml2 reports, if this is a common fault that hides no text."""
    if problem.startswith("Namespace prefix"):
        return _declare_prefixes(data)
    if problem.startswith(("EntityRef", "xmlParseEntityRef", "Entity ")):
        return _escape_ampersands(data)
    return _convert_to_utf8(data) if "encoding" in problem else data


def _convert_to_utf8(data: bytes) -> bytes:
    """Convert a document whose encoding libxml2 does not know, or that is in another encoding than it declares."""
    declaration = _DECLARATION.match(data)
    if declaration is None:
        return data
    try:
        name = (declaration["encoding"] or b"utf-8").decode("ascii", "replace")
        text = data[declaration.end() :].decode(find_codec(name))
    except (LookupError, ValueError):
        try:
            text = decode(data[declaration.end() :]).text
        except Refused:
            return data
    data = text.encode()
    refuse_entities(data)
    return data


def _escape_ampersands(data: bytes) -> bytes:
    """Escape each ampersand that begins no reference, such as in `?a=1&b=2`, except in CDATA."""
    parts = _CDATA.split(data)  # every second part is a CDATA section
    parts[::2] = [_AMPERSAND.sub(b"&amp;", part) for part in parts[::2]]
    return b"".join(parts)


def _declare_prefixes(data: bytes) -> bytes:
    """Declare the prefixes of elements and attributes that a document uses without declaring them."""
    root = _ROOT.match(data)
    if root is None:
        return data
    used = {match[1] or match[2] for match in _PREFIX.finditer(data)} - {
        *_DECLARED.findall(data),
        b"xml",
        b"xmlns",
    }
    if len(used) > _MOST_PREFIXES:
        return data
    declarations = b"".join(b' xmlns:%s="undeclared:%s"' % (prefix, prefix) for prefix in sorted(used))
    return data[: root.end("name")] + declarations + data[root.end("name") :]


def _correct_encoding(data: bytes) -> bytes:
    """Remove an XML declaration that says Latin-1 if the document is UTF-8, as some agencies send it."""
    declared = _LATIN_1.match(data)
    if not declared or data.isascii():
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return data[declared.end() :]


def refuse_entities(data: bytes) -> None:
    """Raise Refused (xml_entities) for a document that declares entities."""
    if _ENTITY.search(data):
        raise Refused(
            "xml_entities",
            "declares XML entities, which are not supported: they can exhaust memory or read other files",
        )


def _number_reference(match: re.Match[bytes]) -> bytes:
    """Replace an HTML entity that XML does not define by its number: `&nbsp;` by `&#160;`; feeds are full of them."""
    name = match[1]
    char = None if name in _XML_NAMES else html.entities.html5.get(f"{name.decode()};")
    return "".join(f"&#{ord(one)};" for one in char).encode() if char else match[0]


def parse_html(text: str) -> _Element | None:
    """Return the root of an HTML page or fragment; None when it is empty."""
    from lxml import etree
    from lxml.html import HTMLParser

    parser = HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8"
    )
    text = _thin_attributes(text)
    try:
        return etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def refuse_deep(root: _Element) -> None:
    """Raise Refused for an HTML page with deeply nested elements: the parser drops text, and searches get slow."""
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise Refused(
            "nested_too_deep", f"is an HTML page with elements nested more than {_DEEPEST} levels deep"
        )


def _thin_attributes(text: str) -> str:
    """Remove the attributes of elements that have thousands of them, as only hostile pages do."""
    if len(text) < _LONG_TAG or (text.count("=") < _LONG_TAG and max(map(len, text.split(">"))) < _LONG_TAG):
        return text
    return _START_TAG.sub(lambda tag: f"<{tag['name']}" if _has_too_many(tag["attributes"]) else tag[0], text)


def _has_too_many(attributes: str) -> bool:
    if len(attributes) < 2 * _MOST_ATTRIBUTES:
        return False
    return (
        sum(1 for _ in islice(_ONE_ATTRIBUTE.finditer(attributes), _MOST_ATTRIBUTES + 1)) > _MOST_ATTRIBUTES
    )


def looks_like_html(text: str) -> bool:
    """Whether a text has HTML tags that occur in articles."""
    return bool(_TAG.search(text))


def html_text(text: str) -> str:
    """Return the text of an HTML page or fragment, with blank lines between paragraphs."""
    root = parse_html(text)
    return block_text(root) if root is not None else ""


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace; empty for comments and other nodes."""
    tag = element.tag
    return _local_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1000)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def block_text(root: _Element) -> str:
    """Return the text below an element, without scripts: blank lines between blocks, `br` or `lb` as line ends."""
    from lxml import etree

    pieces: list[str] = []
    skipping = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = local_name(element)
        start = event == "start"
        if name in _SKIPPED or not name:
            skipping += 1 if start else -1
        elif name in BLOCKS:
            pieces.append("\0\0")
        elif name in ("br", "lb") and start:
            pieces.append("\0")
        if not skipping and start and element.text:
            pieces.append(_BLANKS.sub(" ", element.text))
        if not start and not skipping and element is not root and element.tail:
            pieces.append(_BLANKS.sub(" ", element.tail))
    text = re.sub(r" *\0 *", "\n", "".join(pieces).replace("\xa0", " "))
    return re.sub(r"\n{2,}", "\n\n", re.sub(r" {2,}", " ", text)).strip()


def find_text(root: _Element, *names: str) -> str | None:
    """Return the text of the first element with one of the names in any namespace; earlier names take precedence."""
    for name in names:
        for element in root.iter(f"{{*}}{name}"):
            if text := " ".join("".join(element.itertext()).split()):
                return text
    return None


def find_attribute(root: _Element, name: str, attribute: str) -> str | None:
    """Return the value of `attribute` in the first element called `name` that has this attribute."""
    for element in root.iter(f"{{*}}{name}"):
        if value := element.get(attribute):
            return str(value)
    return None


def children(element: _Element, *names: str) -> Iterator[_Element]:
    """Yield the children with one of the names in any namespace, grouped in the order of the names."""
    for name in names:
        yield from (child for child in element if local_name(child) == name.lower())


def child_text(element: _Element, *names: str) -> str | None:
    """Return the first non-empty text of a child with one of the names."""
    return next((text for child in children(element, *names) if (text := element_text(child))), None)


def element_text(element: _Element) -> str:
    """Return the text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def inner_markup(element: _Element) -> str:
    """Return the content of an element: its text, which may be escaped HTML, or the text of its child elements."""
    return block_text(element) if len(element) else element.text or ""


def root_name(content: Content) -> str | None:
    """Return the name of the root element, in lower case without prefix; None if the content is not XML."""
    head = content.head
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) & ~1].decode("utf-16", "replace").encode()
    match = _ROOT.match(head.removeprefix(b"\xef\xbb\xbf"))
    return match["name"].decode("ascii").lower() if match else None

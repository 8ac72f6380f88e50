"""Remove secrets from addresses before they go to the ledger, logs or Prefect's database."""

from __future__ import annotations

import re

_USER = re.compile(r"(?<=://)[^/?#\s]*@")
_PARAMETER = re.compile(r"(?<=[?&;])(?P<name>[^=&;#?\s]+)=(?P<value>[^&;#\s]+)")
_SECRET_NAME = re.compile(
    r"sig|token|secret|pass|pwd|auth|key|credential|session|policy|expires|jwt|code|hash|x-(amz|goog|ms)-",
    re.I,
)
# Database addresses: `host=db user=me password='it''s a secret'`.
_PAIR = re.compile(
    r"""(?<![^\s:'"])(?P<name>(?:ssl)?password|passwd)\s*=\s*(?:'(?:[^'\\]|\\.|'')*'|[^\s'"]+)""", re.I
)
_PLAIN_VALUE = re.compile(r"[\w.,:/%+ -]{0,24}")
_concealed: dict[str, str] = {}


def redact(text: str) -> str:
    """`text` with `***` in place of the user and password of each address in it and of the secrets in its query.

    >>> redact("https://me:pw@news.example/a?page=2&token=abc")
    'https://***@news.example/a?page=2&token=***'
    """
    text = _PAIR.sub(r"\g<name>=***", text)
    return _PARAMETER.sub(_redact_parameter, _USER.sub("***@", text)) if "://" in text else text


def _redact_parameter(match: re.Match[str]) -> str:
    is_plain = not _SECRET_NAME.search(match["name"]) and _PLAIN_VALUE.fullmatch(match["value"])
    return match[0] if is_plain else f"{match['name']}=***"


def conceal(source: str) -> str:
    """Return the source without its secrets; in this process, `reveal` restores them.

    Use it for text that is stored elsewhere, such as the parameters of a flow run in Prefect's database.
    """
    if source in _concealed:
        return source
    shown = redact(source)
    while _concealed.get(shown, source) != source:  # taken by another source that differs only in its secrets
        shown += "~"
    if shown != source:
        _concealed[shown] = source
    return shown


def reveal(source: str) -> str:
    """Return the original of a concealed source; return any other source unchanged."""
    return _concealed.get(source, source)

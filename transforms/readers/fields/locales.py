"""Read days and language names in languages other than English.

    27. Februar 2012    jeudi 5 octobre 2013    2018 年 10 月 7 日    décembre 10 2019    15 sierpnia 2019

Exports of a news archive are in the language of its user, and days are often in the language of the article.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

from transforms.readers.fields.dates import FoundDate, read_date
from transforms.readers.records import Record, Reject


def plain(word: str) -> str:
    """Return a word in lower case, without accents and surrounding white space."""
    letters = unicodedata.normalize("NFKD", word.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_MONTHS = (
    "january januar janvier enero gennaio janeiro januari tammikuu tammikuuta stycznia ledna января jan janv ene gen",
    "february februar fevrier febrero febbraio fevereiro februari helmikuu helmikuuta lutego unora февраля feb fevr "
    "fev",
    "march marz maerz mars marzo marco maart maaliskuu maaliskuuta marca brezna марта mar mrt",
    "april avril abril aprile huhtikuu huhtikuuta kwietnia dubna апреля apr avr abr",
    "may mai mayo maggio maio mei maj toukokuu toukokuuta maja kvetna мая mag",
    "june juni juin junio giugno junho kesakuu kesakuuta czerwca cervna июня jun giu",
    "july juli juillet julio luglio julho heinakuu heinakuuta lipca cervence июля jul juil lug",
    "august aout agosto augustus augusti elokuu elokuuta sierpnia srpna августа aug ago",
    "september septembre septiembre settembre setembro syyskuu syyskuuta wrzesnia zari сентября sep sept set",
    "october oktober octobre octubre ottobre outubro lokakuu lokakuuta pazdziernika rijna октября oct okt ott out",
    "november novembre noviembre novembro marraskuu marraskuuta listopada listopadu ноября nov",
    "december dezember decembre diciembre dicembre dezembro desember joulukuu joulukuuta grudnia prosince декабря "
    "dec dez dic des",
)
_MONTH_OF = {plain(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

_LANGUAGES = {
    "de": "deutsch german allemand aleman tedesco duits alemao 德文 德语 ドイツ語 немецкий",
    "en": "영어 english englisch anglais ingles inglese engels 英文 英语 英語 английский",
    "es": "espanol spanish spanisch espagnol spagnolo spaans espanhol 西班牙文 西班牙语 スペイン語 испанский",
    "fr": "francais french franzosisch frances francese frans 法文 法语 フランス語 французский",
    "it": "italiano italian italienisch italien italiaans 意大利文 意大利语 イタリア語 итальянский",
    "ko": "korean koreanisch coreen 韩文 韓文 韓国語 한국어",
    "ja": "japanese japanisch japonais 日文 日语 日本語 японский",
    "nl": "nederlands dutch niederlandisch neerlandais holandes olandese 荷兰文 荷兰语 オランダ語 нидерландский",
    "pt": "portugues portuguese portugiesisch portugais portoghese portugees 葡萄牙文 ポルトガル語 португальский",
    "ru": "russian russisch russe ruso russo 俄文 俄语 ロシア語 русский",
    "zh": "chinese chinesisch chinois chino cinese chinees 中文 简体中文 繁体中文 中国語 китайский",
}  # fmt: skip
_CODE_OF = {plain(name): code for code, names in _LANGUAGES.items() for name in names.split()}

_BY_WORDS = {
    "de": "von", "fr": "par", "es": "por", "pt": "por", "it": "di", "nl": "door", "sv": "av", "nb": "av", "no": "av",
    "da": "af",
}  # fmt: skip

_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:\.|er|re|º)?\s?(?:de\s)?(?P<month>[^\W\d]{3,14})\.?,?\s(?:de\s)?(?P<year>\d{4})\b"
)
_MONTH_FIRST = re.compile(r"\b(?P<month>[^\W\d]{3,14})\.?\s(?P<day>\d{1,2}),?\s(?P<year>\d{4})\b")
_EAST_ASIAN = re.compile(
    r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"
)
_LONGEST = 120  # largest number of characters in a line that holds a day


def search_day(line: str) -> FoundDate | None:
    """Return the first day in `line` that is written with a month's name, or in Chinese or Japanese."""
    for form in (_DAY_FIRST, _MONTH_FIRST, _EAST_ASIAN):
        for match in form.finditer(line[:_LONGEST]):
            if day := _build(match):
                return FoundDate(day, *match.span())
    return None


def localise(item: Record | Reject) -> Record | Reject:
    """Read a day that an item has in another language, and remove "Von" or "Par" from its byline."""
    if isinstance(item, Reject):
        return item
    by = _BY_WORDS.get(item.language or "")
    is_field = all(name != "byline" for name, _, _ in item.header_spans)
    if by and is_field and (match := re.match(rf"(?i:{by}):?\s+(?=[^\W\d_a-z])", item.byline or "")):
        item = replace(item, byline=(item.byline or "")[match.end() :])
    if item.published_on or not item.published or read_date(item.published):
        return item
    return replace(item, published_on=_day(item.published))


def _day(written: str) -> date | None:
    found = search_day(written)
    return found.day if found else None


def find_language(written: str) -> str | None:
    """Return the code of a language from its name in any language: "Allemand", "ENGLISH; ANGLAIS"."""
    names = re.split(r"[;,/|]", written)
    return next((code for name in names if (code := _CODE_OF.get(plain(name)))), None)


def _build(match: re.Match[str]) -> date | None:
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTH_OF.get(plain(month))
    try:
        return date(int(match["year"]), number, int(match["day"])) if number else None
    except ValueError:
        return None

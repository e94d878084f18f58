"""The languages that a notice can be written in, and which of those there are fits a reader.

Those most spoken by patients in the United States (45 CFR 92.11 asks for the fifteen of a state)
and those that Django names. A tag is a BCP 47 tag in small letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language_info

_NAMED = (
    *("en", "es", "zh-hans", "zh-hant", "vi", "ko", "ru", "ar", "fr", "pt", "pl", "it", "de"),
    *("ja", "fa", "hi", "ur", "bn", "ta", "te", "ml", "pa", "ne", "th", "id", "my", "sw"),
    *("uk", "hy", "he", "el", "ro", "sq", "tr", "nl", "ca", "af", "az", "bg", "bs", "cs", "cy"),
    *("da", "et", "fi", "ga", "hr", "hu", "is", "ka", "kk", "km", "lt", "lv", "mk", "mn", "mr"),
    *("ms", "nb", "sk", "sl", "sr", "sv", "uz"),
)
_OTHERS = {
    "am": ("Amharic", "አማርኛ", False),
    "gu": ("Gujarati", "ગુજરાતી", False),
    "hmn": ("Hmong", "Hmoob", False),
    "ht": ("Haitian Creole", "Kreyòl ayisyen", False),
    "ilo": ("Ilocano", "Ilokano", False),
    "lo": ("Lao", "ລາວ", False),
    "nv": ("Navajo", "Diné bizaad", False),
    "ps": ("Pashto", "پښتو", True),
    "so": ("Somali", "Soomaali", False),
    "ti": ("Tigrinya", "ትግርኛ", False),
    "tl": ("Tagalog", "Tagalog", False),
    "yi": ("Yiddish", "ייִדיש", True),
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its name in English, in itself, and whether it runs right to left."""

    tag: str
    name: str
    own_name: str
    is_right_to_left: bool

    @property
    def direction(self) -> str:
        """What HTML calls it."""
        return "rtl" if self.is_right_to_left else "ltr"

    @property
    def words(self) -> str:
        """Both names, for those who choose among all languages."""
        return self.name if self.name == self.own_name else f"{self.name} ({self.own_name})"


def _from_django(tag: str) -> Language:
    found = get_language_info(tag)
    own = str(found["name_local"])
    return Language(tag, str(found["name"]), own[:1].upper() + own[1:], bool(found["bidi"]))


def _known() -> dict[str, Language]:
    named = [_from_django(tag) for tag in _NAMED]
    others = [Language(tag, *facts) for tag, facts in _OTHERS.items()]
    in_order = sorted((*named, *others), key=lambda one: (one.tag not in {"en", "es"}, one.name))
    return {one.tag: one for one in in_order}


LANGUAGES = _known()


def language_of(tag: str) -> Language:
    """Return a language; one that is not known here is called by its tag."""
    return LANGUAGES.get(tag) or Language(tag, tag, tag, is_right_to_left=False)


def fitting(wanted: Sequence[str], there: Sequence[str]) -> str:
    """Return which of the languages that are there a page of these languages wants.

    The same tag first, then the same language of another place; none of them: the first there is.
    """
    for tag in filter(None, (one.lower().replace("_", "-") for one in wanted)):
        if tag in there:
            return tag
        plain = tag.partition("-")[0]
        alike = [one for one in there if one.partition("-")[0] == plain]
        if alike:
            return alike[0]
    return there[0]

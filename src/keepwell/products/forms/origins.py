"""Which websites may show a form in a frame: a list of origins, checked and normalised."""

from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_ORIGINS = 20


def origin_of(line: str) -> str | None:
    """Return scheme and host of a line such as https://www.example.org/; None if it is no origin.

    Only https counts (a frame over http would show patients' answers to the network), and only
    characters that can stand in a Content-Security-Policy header.
    """
    try:
        parts = urlsplit(line.strip())
        port = "" if parts.port is None else f":{parts.port}"
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:  # UnicodeError is one: an empty or overlong label
        return None
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    if parts.scheme != "https" or not host or set(host) - allowed or parts.path not in ("", "/"):
        return None
    if port == ":0":
        return None
    return f"https://{host}{port}"


class OriginsForm(forms.Form):
    """One origin on each line."""

    origins = forms.CharField(required=False, max_length=4000)

    def clean_origins(self) -> tuple[str, ...]:
        """Return the origins; refuse what is none, naming the line."""
        lines = [line for line in self.cleaned_data["origins"].splitlines() if line.strip()]
        if len(lines) > MOST_ORIGINS:
            message = _("At most %(most)s sites can show a form in a frame.")
            raise forms.ValidationError(message, params={"most": MOST_ORIGINS})
        found = {line: origin_of(line) for line in lines}
        for line, origin in found.items():
            if origin is None:
                message = _("“%(line)s” is not a site. Write it like https://www.example.org.")
                raise forms.ValidationError(message, params={"line": line.strip()[:100]})
        return tuple(dict.fromkeys(origin for origin in found.values() if origin))

"""What the frame needs from Django's settings; config/settings.py takes these as they are."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language_info

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "keepwell.shell.context.frame",
            ],
        },
    }
]

STATIC_URL = "/static/"

STORAGES: dict[str, dict[str, Any]] = {
    # Nothing is ever stored in clear by accident: sealed blobs have their own store in the vault.
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "keepwell.shell.bundles.BundledStorage"},
}

CSRF_FAILURE_VIEW = "keepwell.shell.errors.csrf_failure"
LOGGING_CONFIG = "keepwell.shell.logging.configure"
LOGGING = {"version": 1}  # not empty, or Django would never call LOGGING_CONFIG

# The outermost part of the stack (design.md, "A request, from socket to answer").
OUTER_MIDDLEWARE = (
    "keepwell.shell.middleware.AccessLineMiddleware",
    "keepwell.shell.middleware.SecurityHeadersMiddleware",
    "keepwell.shell.middleware.ErrorPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
)

# Which addresses patients open (config/urls, patient_routes): their error pages speak to them.
KEEPWELL_PATIENT_PATHS = ("/e/", "/f/", "/notice/", "/r/")
KEEPWELL_HOME_ROUTE = "office:home"
KEEPWELL_TRAIL_ROUTE = "office:trail"
KEEPWELL_SIGN_OUT_ROUTE = "sign_in:out"
KEEPWELL_SWITCH_ROUTE = "sign_in:switch"
KEEPWELL_ACCOUNT_ROUTE = "sign_in:account"
KEEPWELL_KEYS_ROUTE = "sign_in:keyboard"
KEEPWELL_NOTICE_ROUTE = "notices:in_language"
KEEPWELL_ASK_ROUTE = "office:ask"
KEEPWELL_ASKED_ROUTE = "office:elevations"
KEEPWELL_EMERGENCY_ROUTE = "office:begin_emergency"
KEEPWELL_END_EMERGENCY_ROUTE = "office:end_emergency"

# Only what has a catalogue of ours: a half-translated page would be worse than an English one.
CATALOGUES = Path(__file__).parents[1] / "locale"


def languages(catalogues: Path) -> list[tuple[str, str]]:
    """Return English, in which all texts are written, and each language with a catalogue here."""
    found = sorted(one.parents[1].name for one in catalogues.glob("*/LC_MESSAGES/django.mo"))
    tags = [name.replace("_", "-").lower() for name in found]
    others = [(tag, str(get_language_info(tag)["name_local"]).capitalize()) for tag in tags]
    return [("en", "English"), *others]


LANGUAGES = languages(CATALOGUES)
LOCALE_PATHS = [CATALOGUES]
FORMAT_MODULE_PATH = "keepwell.shell.formats"

# The innermost part: whose page it is, is known once access has found the viewer.
INNER_MIDDLEWARE = ("keepwell.shell.middleware.OrganisationLocaleMiddleware",)

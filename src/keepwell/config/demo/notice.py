"""Publish the demonstration's Notice of Privacy Practices, in English and in Spanish."""

from importlib.resources import files

from keepwell.config.demo.people import Clinic
from keepwell.safeguards.consent.notices.actions import Wording, publish, write
from keepwell.safeguards.consent.notices.days import today_at

_TITLES = {"en": "Notice of Privacy Practices", "es": "Aviso de prácticas de privacidad"}


def publish_notice(clinic: Clinic) -> None:
    """Publish version 1, as the clinic's owner does."""
    for language, title in _TITLES.items():
        file = files("keepwell.config.demo").joinpath(f"notice.{language}.txt")
        text = file.read_text(encoding="utf-8")
        write(clinic.owner, wording=Wording(language=language, title=title, text=text))
    publish(clinic.owner, effective=today_at(clinic.organisation))

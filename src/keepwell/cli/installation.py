"""The installation as a whole: made once, checked before it is used."""

from django.conf import settings

from keepwell.cli import folder, rootkey, statics, stores, tls
from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import warn
from keepwell.jobs import schedules
from keepwell.safeguards.audit import absences, alongside, elsewhere
from keepwell.safeguards.identity import resealing
from keepwell.safeguards.records.tasks import mend_indexes


def make(owner_url: str | None) -> str | None:
    """Make what is missing and bring the rest up to date; return the new root key's text, if any.

    Nothing that exists is written over. A run that was interrupted is finished by the next.
    """
    folder.make()
    tls.renew()
    has_new_tables = stores.migrate(owner_url)
    printed = rootkey.make()
    rootkey.check()
    rootkey.mark()
    free_secret()
    if has_new_tables:
        schedules.bring_forward(mend_indexes)  # what an upgrade made findable is found soon
    statics.collect()
    return printed


def free_secret() -> None:
    """Seal anew what early versions sealed with `secret.key`; refuse while it does not open."""
    lost = resealing.reseal().lost
    if lost:
        raise Refusal(
            f"{lost} second factors were sealed with another {folder.SECRET_FILE} than the one "
            f"here. Put that one back from your backup into {folder.home()}, readable by its owner "
            "alone, and start again; from then on the file can be replaced."
        )


def check() -> None:
    """Refuse to go on with an installation that is not whole."""
    folder.check()
    stores.check()
    stores.check_walls()
    rootkey.check()


def check_to_write() -> None:
    """Refuse to add to an installation that is not whole, or to a trail that was put back."""
    check()
    refuse_restored()


def refuse_restored() -> None:
    """Refuse to go on with data or a trail that was put back to an older copy.

    The trail by a checkpoint kept elsewhere, either of them by what the other remembers. Somebody
    who has restored a backup says so; nobody else can take entries back unnoticed. What was written
    before that would stand in the wrong log.
    """
    found = put_back()
    if found:
        said = " ".join(f"Organisation {one.organisation}: {one.sentence}" for one in found)
        raise Refusal(
            f"{said} If you restored a backup, say so: keepwell trail restored --reason 'why'. If "
            "you did not, somebody has replaced a store: keep both copies and find out who."
        )


def put_back() -> list[elsewhere.Restored | alongside.Apart]:
    """Return each organisation whose trail or data is not what was there before."""
    restored = elsewhere.all_restored(settings.KEEPWELL_CHECKPOINTS)
    named = {one.organisation for one in restored}
    return [*restored, *(one for one in alongside.all_apart() if one.organisation not in named)]


def warn_of_absences() -> None:
    """Say what lacks in the place for checkpoints; patients are served all the same."""
    folder = settings.KEEPWELL_CHECKPOINTS
    for sentence in (*absences.vanished(folder), *absences.unkept(folder)):
        warn(f"keepwell: {sentence}")

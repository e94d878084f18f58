"""What the place of checkpoints kept elsewhere gives away besides a log that was put back.

An organisation whose checkpoints lie there and that is in the data store no more; and logs that
ought to have checkpoints there and have none, as when the place is not mounted.
"""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from keepwell.safeguards.audit import erasures
from keepwell.safeguards.audit.elsewhere import ENDING
from keepwell.safeguards.audit.trail import models, store
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.toolkit import clock

FRESH = timedelta(hours=1)  # the first checkpoint is kept soon after a start


def vanished(folder: Path | None) -> list[str]:
    """Say of each organisation with checkpoints in the folder that the data store lacks it.

    One that was erased, by an order in its own log, is none of them. Whether another is ours cannot
    be told when its keys went with it; then another installation may keep its checkpoints there,
    too. Raises OSError when the folder cannot be read.
    """
    if folder is None:
        return []
    missing = sorted(_kept(folder) - set(organisation_ids()))
    gone = [one for one in missing if not erasures.is_all_erased(one)]
    return [
        f"Organisation {one} has checkpoints in {folder / str(one)} and is not in the data store: "
        "it was taken away, or a store was put back to before it was made. Put back the newest "
        "copy of all three stores. If you know why it is gone, or it belongs to another "
        "installation, move its folder to another place."
        for one in gone
    ]


def unkept(folder: Path | None) -> list[str]:
    """Say it when logs that are older than an hour have no checkpoint in the folder at all.

    Raises OSError when the folder cannot be read, TrailUnavailable.
    """
    if folder is None:
        return []
    lacking = sorted(_grown(organisation_ids()) - _kept(folder))
    if not lacking:
        return []
    said = (
        f"{folder} (KEEPWELL_CHECKPOINTS) holds no checkpoint of {', '.join(map(str, lacking))}. "
        "If it ought to, it is not mounted or was emptied: until it is back, a trail that was put "
        "back to an older state is not noticed. If you have just chosen it, nothing is wrong: the "
        "first checkpoints are kept soon after a start."
    )
    return [said]


def _kept(folder: Path) -> set[UUID]:
    """Return whose checkpoints lie in the folder, by the names of its folders."""
    named = [(_id_of(path.name), path) for path in folder.iterdir() if path.is_dir()]
    return {
        organisation
        for organisation, path in named
        if organisation and any(file.suffix == ENDING for file in path.iterdir())
    }


def _id_of(name: str) -> UUID | None:
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name else None


def _grown(organisations: list[UUID]) -> set[UUID]:
    before = clock.now_us() - FRESH // timedelta(microseconds=1)
    with store.outside_walls():
        logs = models.Log.objects.filter(created_us__lt=before)
        return set(logs.values_list("id", flat=True)) & set(organisations)

"""Jobs for tests: each step leaves a row of its own. Also a program: a process with workers.

python -m tests.jobs.labour LEASE_SECONDS
"""

import hashlib
from enum import StrEnum
from uuid import UUID

from keepwell.jobs.declaring import job
from keepwell.jobs.errors import JobError
from keepwell.jobs.work import Work
from keepwell.safeguards.identity.models import Tries
from keepwell.toolkit.identifiers import uuid7

ROUNDS = 40_000  # some tens of milliseconds: long enough to be killed in


class Mood(StrEnum):
    """How a test's job ends."""

    BAD = "bad"
    FINAL = "final"
    GOOD = "good"


class RefusedError(JobError):
    """It would fail for ever."""

    code = "refused_for_good"
    is_final = True


def leave_effect(name: UUID) -> None:
    """Add a row that nothing keeps from being added twice."""
    Tries.objects.create(door=name.hex + uuid7().hex)


def effects_of(name: UUID) -> int:
    """Count the rows of a job."""
    return Tries.objects.filter(door__startswith=name.hex).count()


def all_effects() -> list[UUID]:
    """Return the job of each row."""
    return [UUID(door[:32]) for door in Tries.objects.values_list("door", flat=True)]


@job("tests:effect:leave", title="Leave an effect")
def leave(work: Work) -> None:
    """Work a little, then leave one effect; what was left before is not left again."""
    for _ in range(work.done, 1):
        hashlib.pbkdf2_hmac("sha256", b"work", work.id.bytes, ROUNDS)
        with work.step(of=1):
            leave_effect(work.id)
    hashlib.pbkdf2_hmac("sha256", b"rest", work.id.bytes, ROUNDS)


@job("tests:mood:show", title="End as told", tries=3)
def show(work: Work, mood: Mood) -> None:
    """End well, badly, or for good."""
    if mood is Mood.FINAL:
        raise RefusedError
    if mood is Mood.BAD:
        raise ValueError("Pat Doe has a headache")
    with work.step(of=1):
        leave_effect(work.id)

"""Membership: which account works in an organisation, as what; officers; allowed networks."""

from enum import StrEnum
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access import ranges
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.networks.rules import ALL_BUT_OWNERS
from keepwell.safeguards.access.raising import Finding
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.models import OrganisationOwned, WalledManager
from keepwell.toolkit.clock import now


class Membership(OrganisationOwned):
    """One account in one organisation. Ended ones are kept: the trail speaks of them.

    Until it is approved nothing can be reached by it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    joined = models.DateTimeField(auto_now_add=True)
    approved = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    is_everywhere = models.BooleanField(default=True)  # else: where its placements say

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=models.Q(ended__isnull=True),
                name="one_membership_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="known_role"
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.OWNER.value) | models.Q(is_everywhere=True),
                name="owners_are_everywhere",
            ),
        ]

    def __str__(self) -> str:
        return f"membership {self.id}"


class Officer(OrganisationOwned):
    """Who serves as one of the two officers; the trail tells who did before."""

    duty = models.CharField(max_length=20, choices=[(duty.value, duty.label) for duty in Duty])
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    named = models.DateTimeField(default=now)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "duty"], name="one_officer_a_duty"),
            models.CheckConstraint(
                condition=models.Q(duty__in=[duty.value for duty in Duty]), name="known_duty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} officer {self.id}"


class Reservation(OrganisationOwned):
    """A member for whom a row of some model is kept, where that row says `is_reserved`.

    Of a member who has left it stays and opens nothing: whoever comes back is named anew.
    """

    model = models.CharField(max_length=60)
    about = models.UUIDField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    named = models.DateTimeField(default=now)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["model", "about", "membership"], name="reserved_once_for_a_member"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.about} for {self.membership_id}"


class EmergencyAccess(OrganisationOwned):
    """A member broke the glass (45 CFR 164.312(a)(2)(ii)): why, and a review's note, are on the
    trail only, because they may name a patient.

    It counts in one session and in one role.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    session = models.UUIDField()
    role = models.CharField(max_length=20)
    begun = models.DateTimeField(default=now)
    until = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=20, blank=True)
    finding = models.CharField(max_length=20, blank=True)
    reviewed = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.UUIDField(null=True)  # an account

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        verbose_name_plural = _("times of emergency access")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(ended__isnull=True),
                name="one_emergency_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(finding="", reviewed__isnull=True)
                | models.Q(finding__in=list(Finding), reviewed__isnull=False, ended__isnull=False),
                name="emergency_reviewed_with_a_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"emergency access {self.id}"

    @property
    def is_on(self) -> bool:
        """Tell whether it has neither been ended nor run out."""
        return self.ended is None and self.until > now()


class Elevation(OrganisationOwned):
    """More access for a while: asked for, decided by somebody else, falling back by itself."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    permissions = models.CharField(max_length=500)  # their codes, in order, a space between
    minutes = models.PositiveIntegerField()
    asked = models.DateTimeField(default=now)
    lapses = models.DateTimeField()
    decision = models.CharField(max_length=20, blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True)  # an account; null: nobody, or the console
    until = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=20, blank=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["membership", "permissions"],
                condition=models.Q(decision=""),
                name="asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(decision="approved"),
                name="raised_only_when_approved",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["membership", "ended"], name="elevations_of_a_member"),
        ]

    def __str__(self) -> str:
        return f"elevation {self.id}"

    @property
    def is_waiting(self) -> bool:
        """Tell whether somebody can still decide."""
        return not self.decision and self.lapses > now()

    @property
    def is_standing(self) -> bool:
        """Tell whether what was given is held now."""
        return self.until is not None and self.ended is None and self.until > now()


class Proposal(OrganisationOwned):
    """What takes two persons: proposed by one, confirmed by another, done once (ASVS 2.3.5).

    `about` holds ids and codes of what exactly is to be done. Without anybody else who could
    confirm, it `ripens`. Why, and why not, is on the trail.
    """

    act = models.CharField(max_length=40)
    about = models.JSONField(default=dict)
    proposed_by = models.UUIDField()  # an account
    proposed = models.DateTimeField(default=now)
    ripens = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField()
    confirmed = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True)  # an account
    withdrawn = models.DateTimeField(null=True, blank=True)
    used = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="nobody_confirms_their_own",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.id}"

    @property
    def is_open(self) -> bool:
        """Tell whether it is neither withdrawn, nor done, nor past its time."""
        return self.withdrawn is None and self.used is None and self.expires > now()


class AllowedNetwork(OrganisationOwned):
    """A range of addresses that members may come in from; `access.networks` says what it means."""

    network = models.CharField(max_length=ranges.LONGEST, editable=False)  # as `ranges` writes it
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=20, blank=True)  # or ALL_BUT_OWNERS; empty: everybody
    added = models.DateTimeField(default=now, editable=False)
    suspended = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "network", "role"], name="each_range_once_for_a_role"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["", ALL_BUT_OWNERS, *(role.value for role in Role)]),
                name="allowed_for_a_known_role",
            ),
        ]

    def __str__(self) -> str:
        return f"allowed network {self.id}"


class Invitation(OrganisationOwned):
    """Somebody was asked to work here. It gives nothing: its link leads to a pending membership."""

    email = models.EmailField()
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    is_everywhere = models.BooleanField(default=True)  # else: where its placements say
    invited_by = models.UUIDField(null=True)  # an account; null: the console
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True, blank=True)
    membership = models.OneToOneField(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="invitation"
    )

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    is_letter_due = True  # false where a form was sent twice: its letter is on its way already

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(membership__isnull=True, withdrawn__isnull=True),
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="known_role_of_invitation",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.id}"


class InvitationLetter(OrganisationOwned):
    """A letter of an invitation was asked for: kept for an hour, to count how many went out."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="letters")
    asked = models.DateTimeField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "asked"], name="letters_of_an_hour"),
        ]

    def __str__(self) -> str:
        return f"letter {self.id}"


class EndedKind(StrEnum):
    """What ended together with a membership."""

    DUTY = "duty"
    ELEVATION = "elevation"
    EMERGENCY = "emergency"
    JOB = "job"
    LINK = "link"
    MEMBERSHIP = "membership"
    PROPOSAL = "proposal"
    REPLACEMENT = "replacement"
    RESERVATION = "reservation"
    SESSION = "session"
    SHARE = "share"
    SIGN_IN = "sign-in"
    TRUST = "trust"


class EndedAccess(OrganisationOwned):
    """One thing that ended because somebody left: the report of it outlives the thing itself.

    `words` is the browser of a session, the code of a job's kind or of an act that was proposed, or
    the model of what was kept for, or shared with, the member; `begun` is when it began.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    about = models.UUIDField()
    words = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=45, blank=True)
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        verbose_name_plural = _("what ended when somebody left")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["membership", "kind", "about"], name="ended_once_each"),
        ]

    def __str__(self) -> str:
        return f"ended {self.kind} {self.about}"

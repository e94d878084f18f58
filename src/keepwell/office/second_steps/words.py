"""How replacements that are under way are told on the page of members."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.utils.translation import gettext as _

from keepwell.office.members.words import is_out_of_hand
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.identity import replacements
from keepwell.safeguards.identity.models import FactorReplacement
from keepwell.safeguards.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A colleague who is about to get a new second step."""

    one: FactorReplacement
    row: Membership
    by: str
    is_open: bool
    may_confirm: bool
    may_stop: bool

    @classmethod
    def of(
        cls, viewer: Viewer, one: FactorReplacement, row: Membership, names: Mapping[UUID, str]
    ) -> Self:
        """Tell of a replacement what this viewer may do; another organisation's people are not
        named.
        """
        is_ours = one.organisation == viewer.organisation
        holds = may(viewer, AccessPermission.SECOND_STEP_REPLACE)
        is_free = viewer.actor not in (one.started_by, one.user_id)
        is_second = is_free and is_ours and one.confirmed is None
        return cls(
            one=one,
            row=row,
            by=names.get(one.started_by, "") if is_ours else _("another organisation"),
            is_open=replacements.is_open(one),
            may_confirm=holds and is_second and not is_out_of_hand(viewer, row),
            may_stop=holds,
        )

"""Two members of an installed clinic agree on what takes two persons, as its pages let them."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.serving import COMMAND, COMMAND_SECONDS, environment

# Both have worked here for two days: whoever was let in today is no second person.
PROGRAM = """
import json, sys
from datetime import timedelta
import keepwell.cli.main
import django; django.setup()
from keepwell.office.two_persons import actions, acts
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.audit import writer
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.clock import now

name, code, about = sys.argv[1:]
def named(one):
    with wall.reading(one):
        return Organisation.objects.get(pk=one).name == name
act = {"organisation:erase": acts.ERASE_ORGANISATION, "trail:shorten": acts.SHORTEN_TRAIL}[code]
clinic = next(one for one in organisation_ids() if named(one))
with wall.writing(clinic):
    Membership.objects.update(approved=now() - timedelta(days=2))
    roles = dict(Membership.objects.values_list("role", "user_id"))
def viewer(role):
    return Viewer(
        kind=ViewerKind.MEMBER, organisation=clinic, actor=roles[role], role=role, purpose="care"
    )
row = actions.propose(
    viewer("owner"), act=act, about=json.loads(about), reason="We close"
)
assert actions.confirm(viewer("administrator"), proposal=row.pk, reason="So it was decided")
writer.stop()
"""


def agree(
    home: Path, organisation: str, act: str, about: Mapping[str, str], **settings: str
) -> None:
    """Let the owner propose an act and an administrator confirm it."""
    done = subprocess.run(
        [COMMAND.parent / "python", "-c", PROGRAM, organisation, act, json.dumps(about)],
        env=environment(home, **settings) | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )
    assert done.returncode == 0, done.stderr

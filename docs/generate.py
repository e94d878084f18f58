"""Write the pages that repeat what the program says: `.venv/bin/python -m docs.generate`.

`docs/reference/routes.md` comes from `keepwell routes --json` and the manifests, the table of
`docs/reference/access-matrix.md` from `keepwell access matrix --json`; the help in
`docs/reference/commands.md` from the command's own parser. A test compares all with the program.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from keepwell.cli import arguments

REFERENCE = Path(__file__).parent / "reference"
COLUMNS = "88"
HELP = re.compile(r"```text\n\$ (?P<command>keepwell(?: [a-z-]+)*) --help\n.*?```", re.DOTALL)
ROUTES_HEAD = """# Routes and permissions

Every address of Keepwell, in its two sets: what patients reach and what staff reach. This page is
written by `python -m docs.generate` from `keepwell routes --json`; a test fails when it is out of
date. A view that declares nothing is refused to everybody, an owner too, and `keepwell serve` does
not start.

- **open** needs no account; the reason follows.
- **enrolment** is for somebody whose password was right and whose second step is not yet done.
- **signed in** is for every member, whatever the role.
- `thing:verb` is a permission; the table at the end says which roles hold it.

HEAD is answered wherever GET is.
"""

MATRIX_HEAD = """# Who may what

Roles by permissions, as the code grants them. This page is written by `python -m docs.generate`
from `keepwell access matrix --json`; a test fails when it is out of date. The command
`keepwell access matrix --probe` asks a running system for each of its pages and prints what differs
from this table.

- **{owner}** founded the organisation, or was made its owner.
- **{administrator}** looks after members, forms and settings, and opens no patient's data.
- **{member}** works with what patients send.
- **{technician}** looks after jobs and mail; sees no patients, no members, no trail.
- **{auditor}** reads the trail, and sees that there are records without opening them.

The columns after the roles are no role. *Of one location*: whether somebody who belongs to some
[locations](../guides/locations.md) only holds it too, for what belongs to those; what concerns the
whole organisation takes somebody who belongs to all of it. *For a while*: what a member who asks
can be [given for a while](../guides/access-for-a-while.md). *In an emergency*: what administrators
and auditors open in an [emergency](../guides/emergency-access.md). Both end by themselves.

What a permission lets do: [](routes.md) names the one that each page asks for.
"""


FIELDS_HEAD = """
## Who opens which sealed field

A model says once which permission opens what is sealed in it (`opened_by`), and where a value is
opened that permission is asked for, whatever led there: a page, a list, a file, an export. Without
one no colleague opens it, whatever the role. What is given for a while or held in an emergency
counts too.

"""


def help_of(words: Iterable[str]) -> str:
    """Return what `keepwell <words> --help` prints."""
    said = io.StringIO()
    with (
        mock.patch.dict(os.environ, {"COLUMNS": COLUMNS, "NO_COLOR": "1"}),
        contextlib.redirect_stdout(said),
        contextlib.suppress(SystemExit),
    ):
        arguments.build().parse_args([*words, "--help"])
    return said.getvalue()


def with_help(page: str) -> str:
    """Return the page with every block of help as the program prints it now."""

    def block(found: re.Match[str]) -> str:
        command = found["command"]
        return f"```text\n$ {command} --help\n{help_of(command.split()[1:])}```"

    return HELP.sub(block, page)


def routes_page(routes: list[dict[str, str]], grants: Mapping[str, Iterable[str]]) -> str:
    """Return the page of routes and of who holds which permission."""
    parts = [ROUTES_HEAD]
    for surface, title in (("patient", "Patients"), ("staff", "Staff")):
        rows = _merged([route for route in routes if route["surface"] == surface])
        parts.append(f"\n## {title}\n\n| methods | path | who |\n|---|---|---|\n" + "".join(rows))
    held = "".join(
        f"| `{permission}` | {', '.join(sorted(roles))} |\n"
        for permission, roles in sorted(grants.items())
    )
    parts.append(f"\n## Who holds which permission\n\n| permission | roles |\n|---|---|\n{held}")
    return "".join(parts)


def matrix_page(matrix: Mapping[str, Any]) -> str:
    """Return the page of the policy matrix: a row for each permission, a column for each role."""
    roles = matrix["roles"]
    head = MATRIX_HEAD.format(**{role: role.capitalize() for role in roles})
    beyond = ("of one location", "for a while", "in an emergency")
    lines = [f"| permission | {' | '.join([*roles, *beyond])} |"]
    lines.append("|---" * (len(roles) + len(beyond) + 1) + "|")
    for permission, held in matrix["permissions"].items():
        marks = [role in held for role in roles]
        marks.append(permission not in matrix["whole"])
        marks += [permission in matrix[name] for name in ("raisable", "emergency")]
        cells = " | ".join("yes" if mark else "" for mark in marks)
        lines.append(f"| `{permission}` | {cells} |")
    return head + "\n" + "\n".join(lines) + "\n" + _fields(matrix)


def _fields(matrix: Mapping[str, Any]) -> str:
    """Return the table of sealed fields: which permission opens each, and who holds it."""
    lines = ["| sealed field | opened by | roles |", "|---|---|---|"]
    for field, permission in matrix["fields"].items():
        roles = ", ".join(matrix["permissions"].get(permission, ()))
        opened_by = f"`{permission}`" if permission else "no colleague"
        lines.append(f"| `{field}` | {opened_by} | {roles} |")
    return FIELDS_HEAD + "\n".join(lines) + "\n"


def _merged(routes: list[dict[str, str]]) -> list[str]:
    methods: dict[tuple[str, str], list[str]] = {}
    for route in routes:
        listed = methods.setdefault((route["path"], route["permission"]), [])
        if route["method"] != "HEAD":
            listed.append(route["method"])
    return [
        f"| {' '.join(listed)} | `{path}` | {_who(who)} |\n"
        for (path, who), listed in methods.items()
    ]


def _who(declared: str) -> str:
    is_permission = re.fullmatch(r"[a-z-]+:[a-z-]+", declared)
    return f"`{declared}`" if is_permission else declared


def grants() -> dict[str, set[str]]:
    """Return each permission with the roles that hold it, as the manifests say."""
    manifests = import_module("keepwell.config.manifests").MANIFESTS
    return {
        str(permission): {str(role) for role in roles}
        for manifest in manifests
        for permission, roles in manifest.grants.items()
    }


def main() -> None:
    """Write all pages anew."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "KEEPWELL_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "keepwell.config.settings",
        }
        command = Path(sys.executable).parent / "keepwell"
        listed = subprocess.run(  # noqa: S603  our own command
            [command, "routes", "--json"], capture_output=True, text=True, check=True
        )
        matrix = subprocess.run(  # noqa: S603  our own command
            [command, "access", "matrix", "--json"], capture_output=True, text=True, check=True
        )
        import_module("django").setup()
    page = routes_page(json.loads(listed.stdout), grants())
    (REFERENCE / "routes.md").write_text(page, encoding="utf-8")
    page = matrix_page(json.loads(matrix.stdout))
    (REFERENCE / "access-matrix.md").write_text(page, encoding="utf-8")
    commands = REFERENCE / "commands.md"
    commands.write_text(with_help(commands.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

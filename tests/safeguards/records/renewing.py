"""A process that renews indexes in small batches until it is killed: run as a program."""

import sys
from uuid import UUID

import django

SMALL = 7


def main() -> None:
    """Renew the indexes of an organisation, saying each batch, then wait to be killed."""
    django.setup()
    from keepwell.safeguards.records import reindexing  # noqa: PLC0415  needs the settings
    from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind  # noqa: PLC0415

    viewer = Viewer(kind=ViewerKind.SYSTEM, organisation=UUID(sys.argv[1]))
    while renewed := reindexing.renew_batch(viewer, limit=SMALL):
        sys.stdout.write(f"{renewed}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

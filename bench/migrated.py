"""Migrate template stores with the charts' tables, as their owner: run as a program."""

from django.core.management import call_command

from tests.stores import migrated


def main() -> None:
    """Do what the tests' own template does, then make the tables of an app without migrations."""
    migrated.main()
    from keepwell.safeguards.tenancy import walls

    call_command("migrate", database="default", run_syncdb=True, interactive=False, verbosity=0)
    walls.build_walls("default")


if __name__ == "__main__":
    main()

"""Mentions are found by a number, the random end of an id, instead of by the whole id."""

from typing import Any
from uuid import UUID

from django.db import migrations, models

MENTIONS = """
CREATE TABLE trail_mention (about bigint NOT NULL, "index" bigint NOT NULL,
part smallint NOT NULL, organisation_id {id} NOT NULL,
PRIMARY KEY (about, "index", part, organisation_id)) {ending}
"""
# SQLite keeps the rows in their key itself: half the work of a table with an index beside it.
TYPES = {
    "postgresql": {"id": "uuid", "ending": ""},
    "sqlite": {"id": "char(32)", "ending": "WITHOUT ROWID"},
}
NUMBER = {
    "postgresql": "('x' || right(replace(about::text, '-', ''), 16))::bit(64)::bigint "
    "& 4611686018427387903",
    "sqlite": "about_number(about)",
}


def remake(apps: Any, editor: Any) -> None:
    """Make the new table by hand and carry the rows over."""
    connection = editor.connection
    vendor = connection.vendor
    if vendor == "sqlite":
        mask = 2**62 - 1
        connection.ensure_connection()
        connection.connection.create_function(
            "about_number", 1, lambda text: UUID(text).int & mask
        )
    editor.execute("ALTER TABLE trail_mention RENAME TO trail_mention_by_id")
    editor.execute(MENTIONS.format(**TYPES[vendor]))
    editor.execute(
        'INSERT INTO trail_mention (about, "index", part, organisation_id) '  # noqa: S608
        f'SELECT DISTINCT {NUMBER[vendor]}, "index", part, organisation_id '
        "FROM trail_mention_by_id"
    )
    editor.execute("DROP TABLE trail_mention_by_id")


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(remake)],
            state_operations=[
                migrations.DeleteModel("Mention"),
                migrations.CreateModel(
                    name="Mention",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "about",
                                "index",
                                "part",
                                "organisation_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("about", models.BigIntegerField()),
                        ("index", models.BigIntegerField()),
                        ("part", models.PositiveSmallIntegerField()),
                        ("organisation_id", models.UUIDField()),
                    ],
                ),
            ],
        )
    ]

"""Every list page of staff, in one installation: `python -m bench.subjects.pages SIZE ...`.

    python -m bench.subjects.pages MEMBERS PERSONS ENTRIES

An owner signs in and asks for pages through Django's whole stack, from the first middleware to the
rendered answer with its disclosure durable; no network and no server process is in between. The
newest rows, those that pages open, are sealed as the application seals them; the mass of older
persons and submissions are copies of ciphertext under other ids, which nobody opens.
"""

import logging
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench.subjects import installation, years
from bench.subjects.loop import Work, repeated, serve

if TYPE_CHECKING:
    from django.test import Client

    from keepwell.safeguards.tenancy.viewer import Viewer

OPENED = 30  # submissions that can really be opened, three times: more than a page
FORMS = 20
OF_THE_HILL = 1  # which of the forms belongs to the location "hill"
BATCH = 1000
SECONDS_BETWEEN = 90  # entries of the trail: a million in three years
NAME, BORN = "Pat Example", "1984-03-09"
TELEPHONE = "+1 (555) 01{:05}"
TOKENS = ("match_token", "born_token", "telephone_token")
COPY = {
    "sqlite": """
        INSERT INTO {table} ({columns})
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
        SELECT {values} FROM numbers,
        (SELECT *, row_number() OVER () - 1 AS which, count(*) OVER () AS many FROM {table}) AS one
        WHERE one.which = numbers.n %% one.many""",
    "postgresql": """
        INSERT INTO {table} ({columns})
        SELECT {values} FROM generate_series(1, %s) AS numbers(n),
        (SELECT *, row_number() OVER () - 1 AS which, count(*) OVER () AS many FROM {table}) AS one
        WHERE one.which = numbers.n %% one.many""",
}
# Ids before any of today: 0180… is a day in 2022 (RFC 9562, version 7). The n-th submission is of
# the n-th person.
FRESH = {
    "sqlite": {
        "id": "printf('0180%%028x', numbers.n)",
        "token": "random()",
        "text": "lower(hex(randomblob(8)))",
        "uuid": "lower(hex(randomblob(16)))",
        "hash": "lower(hex(randomblob(32)))",
        "past": "strftime('%%Y-%%m-%%d %%H:%%M:%%S', 'now', '-' || numbers.n || ' minutes',"
        " '-1 days')",
    },
    "postgresql": {
        "id": "('0180' || lpad(to_hex(numbers.n), 28, '0'))::uuid",
        "token": "(random() * 9e18)::bigint",
        "text": "substr(md5(random()::text), 1, 16)",
        "uuid": "gen_random_uuid()",
        "hash": "md5(random()::text) || md5(random()::text)",
        "past": "now() - interval '1 day' - numbers.n * interval '1 minute'",
    },
}


class House:
    """One clinic, filled, and the owner's browser."""

    def __init__(self, members: int, persons: int, entries: int) -> None:
        from tests.people import browser_of, make_clinic

        self.clinic = make_clinic("Bench Clinic", "Ada")
        self.organisation = self.clinic.organisation.id
        self.client: Client = browser_of(self.clinic.owner)
        self.colleagues = self._divide()
        self.viewer = _viewer(self.organisation, self.clinic.owner.user.pk)
        self.persons: list[UUID] = []
        self._let_in(members)
        if persons:
            self._receive(persons)
            self._allow_networks()
            self._put_jobs()
            years.leave(self.organisation, self.clinic.owner.user.pk, self.members)
            years.sign_in(self.clinic.owner)
            years.write_letters()
        self._record(entries)

    def _divide(self) -> dict[str, "Client"]:
        """Open two locations more, each with a colleague who belongs to it alone."""
        from keepwell.safeguards.access.roles import Role
        from tests.people import browser_of

        self.places = {name: self.clinic.open_location(name) for name in ("hill", "annex")}
        return {
            name: browser_of(self.clinic.add(f"Of-{name}", Role.MEMBER, at=frozenset({place})))
            for name, place in self.places.items()
        }

    def _place_forms(self) -> None:
        """One form belongs to the hill; one through which nothing arrives, to the annex."""
        from keepwell.products.forms.actions.authoring import move
        from keepwell.products.forms.models import Form
        from keepwell.safeguards.tenancy import wall
        from tests.products.forms.pages.patients import publish

        with wall.reading(self.organisation):
            forms = list(Form.objects.order_by("pk").values_list("pk", flat=True))
        rest = frozenset({self._first_location()})
        for number, form in enumerate(forms):
            at = frozenset({self.places["hill"]}) if number == OF_THE_HILL else rest
            move(self.viewer, form_id=form, locations=at)
        publish(self.clinic)
        with wall.reading(self.organisation):
            newest = Form.objects.latest("pk").pk
        move(self.viewer, form_id=newest, locations=frozenset({self.places["annex"]}))

    def _first_location(self) -> UUID:
        from keepwell.safeguards.tenancy import wall
        from keepwell.safeguards.tenancy.models import Location

        with wall.reading(self.organisation):
            first: Location = Location.objects.order_by("pk")[0]
        return first.pk

    def _let_in(self, count: int) -> None:
        from keepwell.safeguards.access.models import Membership
        from keepwell.safeguards.access.roles import Role
        from keepwell.safeguards.identity.models import User
        from keepwell.safeguards.tenancy import wall
        from keepwell.toolkit.clock import now

        made = [User(email=f"m{n}@bench.example", name=f"Member {n:05}") for n in range(count)]
        self.members = [user.pk for user in User.objects.bulk_create(made, batch_size=BATCH)]
        facts = {"organisation_id": self.organisation, "role": Role.MEMBER, "approved": now()}
        rows = [Membership(user_id=one, **facts) for one in self.members]
        with wall.writing(self.organisation):
            Membership.objects.bulk_create(rows, batch_size=BATCH)

    def _receive(self, count: int) -> None:
        """Publish forms, receive a few submissions, copy them to as many as there shall be."""
        from tests.products.forms.pages.patients import publish

        for _ in range(FORMS):
            publish(self.clinic)
        for number in range(OPENED):
            self._receive_one(number)
        missing = max(0, count - 3 * OPENED)
        self._copy("persons_person", missing, {"id": "id", **dict.fromkeys(TOKENS, "token")})
        self._index_names()
        fresh = {"draft_id": "uuid", "handle_hash": "hash", "reference": "text", "arrived": "past"}
        self._copy("forms_submission", missing, {"id": "id", "person_id": "id", **fresh})
        for _ in range(OPENED):
            self._receive_one(OF_THE_HILL)
        for number in range(OPENED):
            self._receive_one(number)
        self._place_forms()
        _look_at_tables()

    def _receive_one(self, of_form: int) -> None:
        from datetime import date

        from keepwell.products.forms.models import FormVersion, Submission
        from keepwell.safeguards.persons.actions import create_person
        from keepwell.safeguards.records.actions import keep
        from keepwell.safeguards.tenancy import wall
        from keepwell.toolkit.clock import now
        from keepwell.toolkit.identifiers import uuid7

        born = date.fromisoformat(BORN)
        number = len(self.persons)
        with wall.writing(self.organisation):
            person = create_person(
                self.viewer,
                name=f"{NAME} {number}",
                born=born,
                telephone=TELEPHONE.format(number),
            )
            versions = list(FormVersion.objects.order_by("pk"))
            version = versions[of_form % len(versions)]
            row = Submission(
                form_id=version.form_id,
                version=version,
                person=person,
                draft_id=uuid7(),
                handle_hash=uuid7().hex * 2,
                reference=uuid7().hex[-12:],
                arrived=now(),
                answers={},
                brief={"columns": [[one, "Pat"] for one in version.columns]},
            )
            keep(self.viewer, row, "forms:submission:arrive")
        self.persons.append(person.pk)

    def _copy(self, table: str, count: int, fresh: dict[str, str]) -> None:
        from django.db import connection

        from keepwell.safeguards.tenancy import wall

        if not count:
            return
        words = FRESH[connection.vendor]
        with wall.writing(self.organisation), connection.cursor() as cursor:
            described = connection.introspection.get_table_description(cursor, table)
            columns = [column.name for column in described]
            values = [words[fresh[one]] if one in fresh else f"one.{one}" for one in columns]
            statement = COPY[connection.vendor].format(
                table=table, columns=", ".join(columns), values=", ".join(values)
            )
            cursor.execute(statement, [count])

    def _index_names(self) -> None:
        """Give the copies two words each, of names that nobody looks for."""
        from django.db import connection

        from keepwell.safeguards.tenancy import wall

        token = FRESH[connection.vendor]["token"]
        statement = f"""
            INSERT INTO persons_personnameword (token, organisation_id, row_id)
            SELECT {token}, organisation_id, id FROM persons_person
            UNION ALL SELECT {token}, organisation_id, id FROM persons_person"""
        with wall.writing(self.organisation), connection.cursor() as cursor:
            cursor.execute(statement)

    def _allow_networks(self) -> None:
        from keepwell.safeguards.access.models import AllowedNetwork
        from keepwell.safeguards.tenancy import wall

        nets = ["198.51.100.0/24", *(f"10.{n}.0.0/16" for n in range(39))]
        with wall.writing(self.organisation):
            AllowedNetwork.objects.bulk_create(
                [
                    AllowedNetwork(organisation_id=self.organisation, network=one, name=one)
                    for one in nets
                ]
            )

    def _put_jobs(self) -> None:
        from keepwell.jobs.models import Job, State
        from keepwell.toolkit.clock import now

        moment = now()
        Job.objects.bulk_create(
            [
                Job(
                    name="office:account:write",
                    organisation=self.organisation,
                    state=State.DONE.value,
                    created=moment - timedelta(minutes=n),
                    ended=moment - timedelta(minutes=n),
                )
                for n in range(2000)
            ],
            batch_size=BATCH,
        )

    def _record(self, count: int) -> None:
        """Grow the log, by colleagues who each opened one of the persons, over the last years."""
        from keepwell.safeguards.audit import writer
        from keepwell.safeguards.audit.sequencer import Sequencer
        from keepwell.toolkit import clock

        writer.stop()
        sequencer = Sequencer()
        for begin in range(0, count, BATCH):
            batch = []
            for number in range(begin, min(begin + BATCH, count)):
                with clock.moved(-SECONDS_BETWEEN * (count - number)):
                    batch.append(self._opening(number))
            sequencer.append(self.organisation, batch, may_be_there=False)

    def _opening(self, number: int) -> Any:
        """Seal the entry of one colleague who opened one person."""
        from keepwell.safeguards.audit.entries import Subject
        from keepwell.safeguards.audit.sealing import sealed_entry

        person = self.persons[number % len(self.persons)]
        return sealed_entry(
            replace(self.viewer, actor=self.members[number % len(self.members)]),
            "records:fields:open",
            subjects=(Subject("persons.person", (person,), ("name",), (person,)),),
            reason="",
            outcome="success",
            detail=None,
        )

    def acts(self) -> dict[str, Work]:
        """Return one act for each page."""
        whom = {"name": f"{NAME} 3", "born": BORN}
        gets = {
            "access for a while": "/access/",
            "own account": "/account/",
            "parts shared now": "/trail/share/",
            "alerts": "/alerts/",
            "emergency": "/emergency/",
            "holdings": "/holdings/",
            "home": "/",
            "locations": "/settings/locations/",
            "mail": "/mail/",
            "rules": "/settings/rules/",
            "safeguards": "/safeguards/",
            "two persons": "/two-persons/",
            "members": "/members/",
            "persons": "/persons/",
            "inbox": "/inbox/",
            "trail": "/trail/",
            "forms": "/forms/",
            "jobs": "/jobs/",
            "networks": "/networks/",
        }
        pages = {name: _asked(self.client, address) for name, address in gets.items()}
        for name, asked in self._narrowed().items():
            pages[f"trail, {name}"] = _asked(self.client, f"/trail/?{asked}")
        report = self._report()
        pages["share a report"] = _asked(self.client, report)
        pages["disclosures"] = _asked(
            self.client, f"{report.partition('/report/')[0]}/disclosures/"
        )
        pages["find a member"] = self._posted("/members/", {"words": "01234"})
        pages["find a person"] = self._posted("/persons/", whom)
        pages["find a name"] = self._posted("/persons/", {"name": f"{NAME} 3"})
        pages["find a telephone"] = self._posted("/persons/", {"telephone": TELEPHONE.format(3)})
        for name, client in self.colleagues.items():
            for page in ("home", "inbox", "persons", "forms"):
                pages[f"{page}, {name}"] = _asked(client, gets[page])
        return pages

    def _narrowed(self) -> dict[str, str]:
        """Return what the trail is narrowed by: ids and codes that are there, or nobody's."""
        from keepwell.toolkit.identifiers import uuid7

        member, person = self.clinic.owner.user.pk, uuid7()
        if self.persons:
            member, person = self.members[0], self.persons[0]
        return {"forms": "kind=forms", "member": f"member={member}", "person": f"about={person}"}

    def _report(self) -> str:
        """Let the owner make a report of a person; return the page on which it is shared."""
        from keepwell.safeguards.persons.actions import create_person
        from keepwell.safeguards.tenancy import wall
        from keepwell.toolkit.clock import now

        with wall.writing(self.organisation):
            person = create_person(self.viewer, name=NAME).pk
        if self.persons:
            years.disclose(self.viewer, person)
        day = now().date().isoformat()
        asked = {"first": day, "last": day, "purpose": "oversight", "reason": "Measured"}
        answer = self.client.post(f"/persons/{person}/report/", asked)
        return f"{answer['Location']}share/"

    def _posted(self, address: str, data: dict[str, str]) -> Work:
        return repeated(lambda _n: _served(self.client.post(address, data)))


def _asked(client: "Client", address: str) -> Work:
    return repeated(lambda _n: _served(client.get(address)))


def _viewer(organisation: UUID, actor: UUID) -> "Viewer":
    from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind

    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation,
        actor=actor,
        role="owner",
        purpose="care",
    )


def _served(answer: Any) -> None:
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}.")


def _look_at_tables() -> None:
    """Let the database look at its tables, as by the clock it would within a minute or an hour."""
    from django.db import connection

    from keepwell.safeguards.tenancy.sqlite.statistics import count_tables

    count_tables("default")
    if connection.vendor == "postgresql":
        from bench.subjects.finding import wait_for_statistics

        for table in ("persons_person", "forms_submission"):
            wait_for_statistics(table)


def main() -> None:
    """Fill an installation, then serve its pages."""
    installation.load()
    from django.conf import settings
    from django.test import override_settings

    from tests.pages import PLAIN

    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}),
    ):
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(nowhere)
        house = House(*(int(size) for size in sys.argv[1:4]))
        serve(house.acts())


if __name__ == "__main__":
    main()

"""Ada's clinic with Ben and Dee, Cy's practice, and Pat, who is a patient of Ada's."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.half_minute import early_in_a_half_minute
from tests.pages import with_plain_static_files

if TYPE_CHECKING:
    from django.test import Client

    from tests.office.rooms import House
    from tests.products.forms.pages.patients import Patient
    from tests.safeguards.audit.tampering import Hands
    from tests.stores.session import Stores

BORN = date(1984, 3, 9)


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture(autouse=True)
def _early_in_a_half_minute() -> Iterator[None]:
    """Let a one-time code stay the present one while a test runs."""
    with early_in_a_half_minute():
        yield


@pytest.fixture
def house(stores: "Stores") -> Iterator["House"]:
    """Found both organisations with everybody who works there."""
    from keepwell.safeguards.audit import writer  # noqa: PLC0415  needs the settings
    from tests.office.rooms import make_house  # noqa: PLC0415

    yield make_house()
    writer.stop()


@pytest.fixture
def ada(house: "House") -> "Client":
    """Open a browser in which the owner is signed in."""
    return house.browser("Ada")


@pytest.fixture
def pat(house: "House") -> UUID:
    """Make Pat known to Ada's clinic."""
    return house.person(name="Pat Winters", born=BORN, telephone="+1 555 0123")


@pytest.fixture
def hands(stores: "Stores", house: "House") -> "Hands":
    """Return hands that reach into the trail's store past Keepwell."""
    from keepwell.safeguards.audit import writer  # noqa: PLC0415  needs the settings
    from tests.safeguards.audit.tampering import Hands  # noqa: PLC0415

    writer.stop()  # what happened so far is in the log
    return Hands(stores, house.clinic.organisation.id)


@pytest.fixture
def told(settings: Any, tmp_path: Path) -> "Iterator[list[bytes]]":
    """Run a mail server; return what it was given."""
    from keepwell.safeguards.mail.servers import Server, Tls  # noqa: PLC0415  needs the settings
    from tests.mail_server import mail_server  # noqa: PLC0415

    with mail_server(tmp_path) as server:
        settings.KEEPWELL_MAIL_SERVER = Server(
            host="localhost", port=server.port, tls=Tls.STARTTLS, ca_file=tmp_path / "ca.pem"
        )
        yield server.given


@pytest.fixture
def sent(house: "House") -> "Patient":
    """Let Pat send a form to Ada's clinic."""
    from tests.office.mornings import send  # noqa: PLC0415  needs the settings
    from tests.products.forms.pages.patients import Patient, publish  # noqa: PLC0415

    patient = Patient(publish(house.clinic))
    send(patient)
    return patient

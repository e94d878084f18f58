"""`keepwell init` and `serve` on PostgreSQL: tables by their owner, service by another role."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.serving import keepwell_as_me, serving
from tests.stores.scale import ScaleStores, _make_database

pytestmark = pytest.mark.scale
NAMES = {"DATA": "cli_data", "TRAIL": "cli_trail", "KEYS": "cli_keys"}


@pytest.fixture
def server(stores: object) -> Iterator[ScaleStores]:
    """Make three empty databases that belong to the owner."""
    assert isinstance(stores, ScaleStores)
    with stores.superuser("postgres") as connection:
        for name in NAMES.values():
            _make_database(connection, name, "template0")
    try:
        yield stores
    finally:
        with stores.superuser("postgres") as connection:
            for name in NAMES.values():
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def addresses(server: ScaleStores, role: str, prefix: str = "KEEPWELL_") -> dict[str, str]:
    host = quote(str(server.server.sockets), safe="")
    return {
        f"{prefix}{store}_DB": f"postgresql://{role}:unused@{host}:5432/{name}"
        for store, name in NAMES.items()
    }


def service_of(server: ScaleStores) -> dict[str, str]:
    sequencer = addresses(server, "keepwell_sequencer")["KEEPWELL_TRAIL_DB"]
    return addresses(server, "keepwell_app") | {"KEEPWELL_SEQUENCER_DB": sequencer}


def test_an_installation_is_made_by_the_owner_and_served_by_another_role(
    server: ScaleStores, tmp_path: Path
) -> None:
    home, service = tmp_path / "home", service_of(server)
    owner = addresses(server, "keepwell_owner", "KEEPWELL_OWNER_")
    refused = keepwell_as_me(home, "init", **service)
    assert refused.returncode == 2
    assert "KEEPWELL_OWNER_DATA_DB" in refused.stderr
    for _ in range(2):  # repeating it changes nothing
        made = keepwell_as_me(home, "init", **service, **owner)
        assert made.returncode == 0, made.stderr
    well = keepwell_as_me(home, "doctor", **service)
    assert well.returncode == 0, well.stdout
    assert "data on postgresql" in well.stdout
    owned = addresses(server, "keepwell_owner")["KEEPWELL_TRAIL_DB"]
    wide = keepwell_as_me(home, "serve", **service | {"KEEPWELL_SEQUENCER_DB": owned})
    assert wide.returncode == 1
    assert "does not hold its wall (KEEPWELL_SEQUENCER_DB)" in wide.stderr
    assert "owns tables" in wide.stderr
    with serving(home, **service) as served:
        assert any("/set-up/" in line for line in served.out.all())


def test_one_owner_for_all_three_can_be_named_on_the_command_line(
    server: ScaleStores, tmp_path: Path
) -> None:
    service = service_of(server)
    owner = ("--owner-url", "postgresql://keepwell_owner:unused@anywhere")
    made = keepwell_as_me(tmp_path / "home", "init", *owner, **service)
    assert made.returncode == 0, made.stderr
    assert keepwell_as_me(tmp_path / "home", "verify", **service).returncode == 0


def test_a_database_that_cannot_be_reached_is_said_so(tmp_path: Path) -> None:
    nowhere = quote(str(tmp_path), safe="")
    urls = {f"KEEPWELL_{store}_DB": f"postgresql://a:b@{nowhere}/x" for store in NAMES}
    (tmp_path / "home").mkdir(mode=0o700)
    done = keepwell_as_me(tmp_path / "home", "verify", **urls)
    assert done.returncode == 1
    assert "store cannot be used" in done.stderr
    assert "Traceback" not in done.stderr

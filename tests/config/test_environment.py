"""What an operator may set, and how nonsense is refused."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from keepwell.config.environment import SettingError, read


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    chosen = read({"XDG_DATA_HOME": str(tmp_path)})
    assert chosen.home == tmp_path / "keepwell"
    assert (chosen.host, chosen.port) == ("localhost", 8443)
    assert chosen.public_url == chosen.staff_url == "https://localhost:8443"
    assert chosen.allowed_hosts == ["127.0.0.1", "[::1]", "localhost"]
    assert chosen.staff_host is None
    assert chosen.proxies == ()
    assert chosen.second_step_wait_minutes == 60
    assert {store["ENGINE"] for store in chosen.databases.values()} == {
        "keepwell.safeguards.tenancy.sqlite"
    }


def test_a_proxy_written_as_ipv4_inside_ipv6_is_the_ipv4_address_that_it_is() -> None:
    chosen = read({"KEEPWELL_PROXIES": "::ffff:10.0.0.0/104, fd00::/64"})
    assert chosen.proxies == (ip_network("10.0.0.0/8"), ip_network("fd00::/64"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KEEPWELL_HOST", "local host"),
        ("KEEPWELL_HOST", "https://localhost"),
        ("KEEPWELL_PORT", "0"),
        ("KEEPWELL_PORT", "65536"),
        ("KEEPWELL_PORT", "eight"),
        ("KEEPWELL_PORT", "8443.0"),
        ("KEEPWELL_STAFF_HOST", "staff host"),
        ("KEEPWELL_STAFF_PORT", "0"),
        ("KEEPWELL_STAFF_PORT", "8443"),
        ("KEEPWELL_PUBLIC_URL", "http://forms.clinic.example"),
        ("KEEPWELL_PUBLIC_URL", "forms.clinic.example"),
        ("KEEPWELL_PUBLIC_URL", "https://forms.clinic.example/forms"),
        ("KEEPWELL_PUBLIC_URL", "https://forms.clinic.example?x"),
        ("KEEPWELL_PUBLIC_URL", "https://ada@forms.clinic.example"),
        ("KEEPWELL_PUBLIC_URL", "https://forms.clinic.example:port"),
        ("KEEPWELL_PUBLIC_URL", "https://forms clinic.example"),
        ("KEEPWELL_STAFF_URL", "https://"),
        ("KEEPWELL_TLS_CERT", "/nowhere/at/all.pem"),
        ("KEEPWELL_TLS_KEY", "/nowhere/at/all.pem"),
        ("KEEPWELL_PROXIES", "10.0.0.1/8"),
        ("KEEPWELL_PROXIES", "proxy.clinic.example"),
        ("KEEPWELL_DATA_DB", "sqlite:///data"),
        ("KEEPWELL_DATA_DB", "postgresql://host"),
        ("KEEPWELL_DATA_DB", "postgresql://host/data?sslmood=on"),
        ("KEEPWELL_SECOND_STEP_WAIT_MINUTES", "0"),
        ("KEEPWELL_SECOND_STEP_WAIT_MINUTES", "14"),
        ("KEEPWELL_SECOND_STEP_WAIT_MINUTES", "an hour"),
        ("KEEPWELL_HOEM", "/srv/keepwell"),
    ],
)
def test_nonsense_is_refused_by_name_with_what_would_be_right(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        read({variable: value})
    sentence = str(refused.value)
    assert sentence.startswith("KEEPWELL_")
    assert "cannot be used: " in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KEEPWELL_DATA_DB", "mysql://keepwell:very-secret@host/data"),
        ("KEEPWELL_DATA_DB", "postgresql://keepwell:very-secret@host:port/data"),
        ("KEEPWELL_DATA_DB", "postgresql://keepwell:very/secret@host/data"),
        ("KEEPWELL_DATA_DB", "postgresql://keepwell:very@secret:x@host"),
        ("KEEPWELL_DATA_DB", "postgresql://keepwell:12?very-secret@host/data"),
        ("KEEPWELL_DATA_DB", "postgresql://[keepwell:very-secret@host/data"),
        ("KEEPWELL_DATA_DB", "postgresql://host/data?password=very-secret"),
        ("KEEPWELL_DATA_DB", "keepwell:very-secret@host/data"),
        ("KEEPWELL_SMTP_PASSWROD", "very-secret"),
    ],
)
def test_a_password_in_a_refused_value_is_not_repeated(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        read({variable: value})
    assert "very" not in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None  # whose text --traceback would print


def test_stores_are_all_on_postgresql_or_none() -> None:
    with pytest.raises(SettingError) as refused:
        read({"KEEPWELL_DATA_DB": "postgresql://host/data"})
    assert "KEEPWELL_TRAIL_DB" in str(refused.value)


def test_postgresql_addresses_are_taken_apart() -> None:
    address = "postgresql://ke%40ep:p%2Fw@db.example:6432/{}?sslmode=verify-full"
    chosen = read(
        {f"KEEPWELL_{store}_DB": address.format(store) for store in ("DATA", "TRAIL", "KEYS")}
        | {"KEEPWELL_OWNER_KEYS_DB": "postgresql://owner:o@db.example/KEYS"}
    )
    keys = chosen.databases["keys"]
    assert keys["ENGINE"] == "keepwell.safeguards.tenancy.postgresql"
    assert (keys["HOST"], keys["PORT"], keys["NAME"]) == ("db.example", "6432", "KEYS")
    assert (keys["USER"], keys["PASSWORD"]) == ("ke@ep", "p/w")
    assert keys["OPTIONS"] == {"sslmode": "verify-full"}
    assert {alias: owner["USER"] for alias, owner in chosen.owners.items()} == {"keys": "owner"}


def test_listening_everywhere_asks_for_the_address_that_patients_use() -> None:
    with pytest.raises(SettingError) as refused:
        read({"KEEPWELL_HOST": "0.0.0.0"})  # noqa: S104
    assert str(refused.value).startswith("KEEPWELL_PUBLIC_URL")


def test_two_addresses_allow_exactly_their_two_hosts() -> None:
    chosen = read(
        {
            "KEEPWELL_PUBLIC_URL": "https://forms.clinic.example/",
            "KEEPWELL_STAFF_URL": "https://staff.clinic.example:443",
        }
    )
    assert chosen.public_url == "https://forms.clinic.example"
    assert chosen.staff_url == "https://staff.clinic.example"
    assert chosen.allowed_hosts == ["forms.clinic.example", "staff.clinic.example"]


def test_an_ipv6_address_is_listened_to_and_shown_in_brackets() -> None:
    assert read({"KEEPWELL_HOST": "::1"}).public_url == "https://[::1]:8443"


def test_the_secret_of_the_folder_is_used_and_a_missing_one_is_never_the_same(
    tmp_path: Path,
) -> None:
    settings = {"KEEPWELL_HOME": str(tmp_path)}
    assert read(settings).secret_key != read(settings).secret_key
    (tmp_path / "secret.key").write_text("s" * 60 + "\n")
    assert read(settings).secret_key == "s" * 60


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(SettingError):
        read({"KEEPWELL_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("given", "listener", "url"),
    [
        ({"KEEPWELL_STAFF_PORT": "9443"}, ("localhost", 9443), "https://localhost:9443"),
        ({"KEEPWELL_STAFF_HOST": "10.8.0.1"}, ("10.8.0.1", 8444), "https://10.8.0.1:8444"),
        (
            {"KEEPWELL_STAFF_HOST": "fd00:8::1", "KEEPWELL_STAFF_PORT": "8443"},
            ("fd00:8::1", 8443),
            "https://[fd00:8::1]:8443",
        ),
    ],
)
def test_a_staff_listener_is_on_this_machine_and_is_the_staff_address_unless_said_otherwise(
    given: dict[str, str], listener: tuple[str, int], url: str
) -> None:
    chosen = read(given)
    assert (chosen.staff_host, chosen.staff_port) == listener
    assert (chosen.public_url, chosen.staff_url) == ("https://localhost:8443", url)


def test_a_staff_listener_changes_nothing_of_what_is_asked_for_by_another_name() -> None:
    both = read({"KEEPWELL_STAFF_PORT": "8444"})
    assert both.allowed_hosts == ["127.0.0.1", "[::1]", "localhost"]
    named = {"KEEPWELL_PUBLIC_URL": "https://a.example", "KEEPWELL_STAFF_URL": "https://b.example"}
    assert read({"KEEPWELL_STAFF_PORT": "8444", **named}).allowed_hosts == [
        "a.example",
        "b.example",
    ]


@pytest.mark.parametrize(
    ("staff_host", "variable"),
    [
        ("0.0.0.0", "KEEPWELL_STAFF_URL"),  # noqa: S104  every address has no one address
        ("::", "KEEPWELL_STAFF_URL"),
    ],
)
def test_every_address_needs_a_staff_address(staff_host: str, variable: str) -> None:
    with pytest.raises(SettingError) as refused:
        read({"KEEPWELL_STAFF_HOST": staff_host})
    assert str(refused.value).startswith(variable)


def test_two_listeners_cannot_share_one_address_that_people_use() -> None:
    one = {"KEEPWELL_PUBLIC_URL": "https://a.example", "KEEPWELL_STAFF_URL": "https://a.example"}
    assert read(one).staff_url == "https://a.example"
    with pytest.raises(SettingError, match="patients use this address"):
        read({"KEEPWELL_STAFF_PORT": "8444", **one})


@pytest.mark.parametrize(
    ("patients", "staff", "is_one_port"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("0.0.0.0", "10.8.0.1", True),  # noqa: S104
        ("127.0.0.1", "0.0.0.0", True),  # noqa: S104
        ("::", "fd00:8::1", True),
        ("0.0.0.0", "localhost", True),  # noqa: S104
        ("203.0.113.7", "10.8.0.1", False),
        ("0.0.0.0", "fd00:8::1", False),  # noqa: S104
    ],
)
def test_two_listeners_on_one_port_need_two_addresses(
    patients: str, staff: str, is_one_port: bool
) -> None:
    given = {
        "KEEPWELL_HOST": patients,
        "KEEPWELL_STAFF_HOST": staff,
        "KEEPWELL_STAFF_PORT": "8443",
        "KEEPWELL_PUBLIC_URL": "https://a.example",
        "KEEPWELL_STAFF_URL": "https://b.example",
    }
    if not is_one_port:
        assert read(given).staff_host == staff
        return
    with pytest.raises(SettingError, match="patients' pages already take port 8443"):
        read(given)

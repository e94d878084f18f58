"""Settings: who may change what patients see, what the trail says of it, which pictures fit."""

import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from keepwell.office.settings.logos import MOST_BYTES, LogoRefused, logo_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from tests.office.rooms import House, text_of

PROFILE = {
    "name": "Ashgrove Family Clinic",
    "telephone": "+1 555 0111",
    "hours": "Weekdays",
    "address": "1 Ash Grove",
    "emergency_sentence": "In an emergency call 911.",
    "time_zone": "America/Los_Angeles",
    "locale": "en-gb",
}
CHANGED = "office:profile:change"


def kept(house: House) -> Organisation:
    with wall.reading(house.clinic.organisation.id):
        return Organisation.objects.get(pk=house.clinic.organisation.id)


def picture(size: tuple[int, int] = (400, 300), kind: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (11, 92, 104)).save(out, format=kind, **options)
    return out.getvalue()


def sent(content: bytes, name: str = "logo.png") -> dict[str, SimpleUploadedFile]:
    return {"picture": SimpleUploadedFile(name, content, "image/png")}


def test_a_change_is_kept_and_the_trail_names_the_fields_and_no_value(
    house: House, ada: Client
) -> None:
    assert ada.post("/settings/", PROFILE).status_code == 302
    row = kept(house)
    assert {name: getattr(row, name) for name in PROFILE} == PROFILE
    (payload,) = house.payloads(CHANGED)
    assert set(payload.subjects[0].fields) == set(PROFILE)
    assert b"Family" not in payload.encode()


def test_what_is_the_same_is_no_change(house: House, ada: Client) -> None:
    for _time in range(2):
        page = text_of(ada.post("/settings/", PROFILE, follow=True))
    assert "Nothing was different" in page
    assert len(house.payloads(CHANGED)) == 1


def test_only_what_differs_is_named(house: House, ada: Client) -> None:
    ada.post("/settings/", PROFILE)
    ada.post("/settings/", PROFILE | {"hours": "Every day"})
    assert house.payloads(CHANGED)[-1].subjects[0].fields == ("hours",)


def test_the_preview_shows_what_was_typed_and_keeps_nothing(house: House, ada: Client) -> None:
    page = text_of(ada.post("/settings/", PROFILE | {"preview": "1"}))
    assert "Not saved yet" in page
    assert "<span>Ashgrove Family Clinic</span>" in page
    assert kept(house).name == "Ashgrove Clinic"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"telephone": "call us"},
        {"time_zone": "Mars/Olympus"},
        {"locale": "xx"},
        {"emergency_sentence": "x" * 301},
    ],
)
def test_what_cannot_be_used_is_said_and_keeps_what_was_typed(
    house: House, ada: Client, wrong: dict[str, str]
) -> None:
    response = ada.post("/settings/", PROFILE | wrong)
    assert response.status_code == 422
    page = text_of(response)
    assert "needs another look" in page
    assert "1 Ash Grove" in page
    assert kept(house).name == "Ashgrove Clinic"
    assert house.payloads(CHANGED) == []


def test_words_of_the_profile_are_escaped(ada: Client) -> None:
    page = text_of(ada.post("/settings/", PROFILE | {"name": "<script>x</script>"}, follow=True))
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize(("name", "may"), [("Abe", True), ("Ben", False), ("Dee", False)])
def test_who_may_change_settings(house: House, name: str, may: bool) -> None:
    browser = house.browser(name)
    assert browser.get("/settings/").status_code == (200 if may else 403)
    assert browser.post("/settings/", PROFILE).status_code == (302 if may else 403)
    logo = browser.post("/settings/logo/", sent(picture()))
    assert logo.status_code == (302 if may else 403)
    assert (kept(house).name == PROFILE["name"]) is may
    assert bool(kept(house).logo) is may


@pytest.mark.parametrize(("name", "may"), [("Ada", True), ("Dee", True), ("Ben", False)])
def test_who_may_see_the_members(house: House, name: str, may: bool) -> None:
    response = house.browser(name).get("/members/")
    assert response.status_code == (200 if may else 403)
    page = text_of(response)
    assert ("dee<wbr>@example.org" in page) is may
    assert "cy<wbr>@example.org" not in page


# -- logo ------------------------------------------------------------------------------------------


def test_a_logo_is_made_anew_shown_to_patients_and_removed(house: House, ada: Client) -> None:
    noted = PngInfo()
    noted.add_text("Comment", "taken at 12 River Street")
    assert ada.post("/settings/logo/", sent(picture(pnginfo=noted))).status_code == 302
    logo = bytes(kept(house).logo or b"")
    assert logo.startswith(b"\x89PNG")
    assert b"River Street" not in logo
    assert "Remove the logo" in text_of(ada.get("/settings/"))
    assert ada.post("/settings/logo/remove/").status_code == 302
    assert not kept(house).logo
    changes = house.payloads("office:logo:change")
    assert [change.subjects[0].fields for change in changes] == [("logo",), ("logo",)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_of_every_named_kind_fit_in_64_kib(kind: str) -> None:
    noise = Image.effect_noise((900, 700), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, format=kind)
    made = logo_of(out.getvalue())
    assert len(made) <= MOST_BYTES
    with Image.open(BytesIO(made)) as found:
        assert found.format == "PNG"
        assert max(found.size) <= 256


def bomb() -> bytes:
    """Say 20 000 x 20 000 pixels in a file of a few hundred bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return len(data).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    head = (20_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    rows = chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        picture()[:60],
        picture(kind="BMP"),
        picture((5000, 4000)),
        bomb(),
        b"GIF89a",
    ],
    ids=["svg", "pdf", "cut", "bmp", "large", "bomb", "empty gif"],
)
def test_what_is_no_usable_picture_is_refused(content: bytes) -> None:
    with pytest.raises(LogoRefused):
        logo_of(content)


def test_a_refused_picture_is_said_at_the_field(house: House, ada: Client) -> None:
    response = ada.post("/settings/logo/", sent(b"no picture at all"))
    assert response.status_code == 422
    assert "not a picture that can be used" in text_of(response)
    assert not kept(house).logo
    assert ada.post("/settings/logo/", {}).status_code == 422

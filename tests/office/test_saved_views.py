"""A member's own names for what the trail is narrowed by; nobody else sees or removes them."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import escape

from keepwell.office.trail import queries
from keepwell.office.trail.forms import SaveViewForm
from tests.office.rooms import House, text_of

SAVED, REMOVED = "office:view:save", "office:view:remove"


def save(
    browser: Client, asked: str = "kind=opened&from=2026-11-01", name: str = "Openings"
) -> Any:
    return browser.post("/trail/views/", {"asked": asked, "name": name}, follow=True)


def views(house: House, name: str = "Ada") -> list[tuple[str, str]]:
    return [(view.name, view.asked) for view in queries.views_of(house.viewer(name))]


def view_id(house: House) -> UUID:
    (view,) = queries.views_of(house.viewer())
    found: UUID = view.pk
    return found


def test_a_view_is_saved_shown_and_leads_to_what_it_names(house: House, ada: Client) -> None:
    answer = save(ada)
    assert answer.redirect_chain == [("/trail/?kind=opened&from=2026-11-01", 302)]
    assert "Saved. The view stands above" in text_of(answer)
    assert views(house) == [("Openings", "kind=opened&from=2026-11-01")]
    assert 'href="/trail/?kind=opened&amp;from=2026-11-01">Openings</a>' in text_of(
        ada.get("/trail/")
    )
    (payload,) = house.payloads(SAVED)
    assert payload.subjects[0].ids == (view_id(house),)


def test_the_page_offers_to_save_only_what_leaves_something_out(ada: Client) -> None:
    assert 'name="asked"' not in text_of(ada.get("/trail/"))
    assert 'name="asked"' not in text_of(ada.get("/trail/?about=nonsense"))
    page = text_of(ada.get("/trail/?kind=opened"))
    assert 'name="asked" value="kind=opened"' in page
    assert "not sealed" in page


def test_the_same_name_again_is_the_view_of_now(house: House, ada: Client) -> None:
    save(ada)
    save(ada)
    save(ada, asked="kind=refused")
    assert views(house) == [("Openings", "kind=refused")]


def test_a_view_is_removed_once_and_the_second_time_there_is_none(
    house: House, ada: Client
) -> None:
    save(ada)
    there = f"/trail/views/{view_id(house)}/remove/"
    assert there in text_of(ada.get("/trail/"))
    assert "The view is removed" in text_of(ada.post(there, follow=True))
    assert views(house) == []
    assert ada.post(there).status_code == 404
    assert len(house.payloads(REMOVED)) == 1


def test_views_of_others_are_neither_seen_nor_removed(house: House, ada: Client) -> None:
    save(ada)
    there = f"/trail/views/{view_id(house)}/remove/"
    statuses = {
        name: house.browser(name).post(there).status_code for name in ("Ben", "Dee", "Abe", "Cy")
    }
    assert statuses == {"Ben": 403, "Dee": 404, "Abe": 404, "Cy": 404}
    for name in ("Dee", "Cy"):
        assert "Openings" not in text_of(house.browser(name).get("/trail/"))
    assert len(views(house)) == 1


@pytest.mark.parametrize(
    ("asked", "name", "said"),
    [
        ("kind=opened", "  ", "Give the view a name"),
        ("kind=opened", "x" * 61, "at most 60"),
        ("", "Everything", "Narrow the trail first"),
        ("about=" + "a" * 2000, "Long", "too many ids"),
        ("kind=opened&kind=%00", "Nul\0", "Null characters"),
    ],
)
def test_what_cannot_be_a_view_is_not_saved(
    house: House, ada: Client, asked: str, name: str, said: str
) -> None:
    assert said in text_of(save(ada, asked, name))
    assert views(house) == []


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("kind=opened&next=//evil.example", "kind=opened"),
        ("kind=gossip&from=2026-11-01", "from=2026-11-01"),
        ("about=Pat+Winters&kind=opened", "kind=opened"),
    ],
)
def test_only_ids_codes_and_days_are_kept_of_what_was_asked(
    house: House, ada: Client, asked: str, kept: str
) -> None:
    save(ada, asked)
    assert views(house) == [("Openings", kept)]


def test_there_is_room_for_thirty(house: House, ada: Client) -> None:
    for number in range(queries.MOST_VIEWS):
        save(ada, name=f"View {number}")
    answer = save(ada, name="One more")
    assert answer.status_code == 409
    assert len(views(house)) == queries.MOST_VIEWS
    assert save(ada, name="View 3", asked="kind=refused").status_code == 200


def test_names_are_escaped(ada: Client) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    page = text_of(save(ada, name=hostile))
    assert hostile not in page
    assert escape(hostile) in page


def test_the_form_asks_for_nothing_else() -> None:
    assert list(SaveViewForm.base_fields) == ["asked", "name"]

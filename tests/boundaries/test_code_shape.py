"""The code keeps the shape that docs and reviewers rely on; each rule is first seen to fail."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest
from django.conf import settings

from tests.boundaries import shape
from tests.boundaries.shape import Module

Rule = Callable[[Module], Iterator[str]]

# Module, package or function: why the rule does not hold there. Anything inside is exempt with it.
ROWS_ELSEWHERE = {
    "keepwell.config.file_sweep": "asks every model which files it has, in a sweep without viewer",
    "keepwell.config.key_sweep": "asks every model which keys it names, in a sweep without viewer",
    "keepwell.jobs": "hands out work of every organisation; it stands below viewers",
    "keepwell.safeguards.access.locations.placing": "conditions and rows that others' acts are of",
    "keepwell.safeguards.access.reserving": "conditions and rows that others' acts are of",
    "keepwell.safeguards.audit": "writes and verifies the trail: it is what records viewers",
    "keepwell.safeguards.erasure.rows": "asks every model which rows an organisation has",
    "keepwell.safeguards.identity": "accounts and sessions are needed before there is a viewer",
    "keepwell.safeguards.records": "makes the road to sealed rows that queries use",
    "keepwell.safeguards.vault": "keys are rows of the vault's own store, and no viewer sees them",
}
WITHOUT_VIEWER = {
    "keepwell.products.forms.actions.answering.locked_draft": "a lock in the caller's transaction",
    "keepwell.products.forms.actions.links.token_of": "takes a link already within reach",
    "keepwell.products.forms.queries.answering.entrance_of": "a link comes before any viewer",
    "keepwell.products.forms.queries.authoring.is_open": "takes a link already within reach",
    "keepwell.products.forms.queries.files.content_of": "takes a scope, which holds the viewer",
    "keepwell.products.forms.queries.reach.as_seen": "takes a form already within reach",
    "keepwell.safeguards.access.actions.found_organisation": "nobody belongs to it before",
    "keepwell.safeguards.access.invitations.actions.accept": "whoever accepts is no member before",
    "keepwell.safeguards.access.invitations.queries.behind": "a link comes before any viewer",
    "keepwell.safeguards.access.locations.actions.first_location": "nobody belongs to it before",
    "keepwell.safeguards.access.queries.belonging_of": "is what a viewer is made from",
    "keepwell.safeguards.access.queries.grants_of": "reads declarations, no rows",
    "keepwell.safeguards.access.queries.organisations_of": "is what a session is chosen from",
    "keepwell.safeguards.access.queries.role_of": "is what a viewer is made from",
    "keepwell.safeguards.audit.queries.opened": "takes entries that were found already",
    "keepwell.safeguards.access.queries.within_reach": "takes rows already within reach",
    "keepwell.safeguards.access.rights.queries.rights_of": "is what a viewer is made from",
    "keepwell.safeguards.consent.notices.queries.read_by_anybody": "a notice is public",
    "keepwell.safeguards.identity.actions": "signing in comes before there is a viewer",
    "keepwell.safeguards.identity.queries.names_of": "accounts stand outside the wall",
    "keepwell.safeguards.persons.handed.queries.entrance_of": "a link comes before any viewer",
    "keepwell.safeguards.persons.handed.queries.is_good": "takes a row already within reach",
    "keepwell.safeguards.persons.queries.ids_of_whole": "ids only, inside the caller's wall",
    "keepwell.safeguards.persons.queries.root_of": "ids only, inside the caller's wall",
    "keepwell.safeguards.persons.queries.roots_of": "ids only, inside the caller's wall",
    "keepwell.shell.queries": "the public profile, shown to whoever opens a patient's page",
}


def offenders(rule: Rule, modules: Iterable[Module]) -> list[str]:
    return [found for module in modules for found in rule(module)]


def assert_none(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


@pytest.fixture(scope="module")
def source() -> list[Module]:
    return shape.source_modules()


NUMBER = (
    "forms.IntegerField(help_text='', min_value=1, max_value=2, error_messages="
    "{'required': '', 'invalid': '', 'min_value': '', 'max_value': ''})"
)
BREACHES: list[tuple[Rule, str, str]] = [
    (shape.rows_reached_elsewhere, "keepwell.products.x.views", "Form.objects.get()"),
    (shape.rows_reached_elsewhere, "keepwell.products.x.tasks", "Form._base_manager.all()"),
    (shape.models_on_pages, "keepwell.products.x.views", "from keepwell.x.models import Form"),
    (shape.models_on_pages, "keepwell.products.x.api.v1", "from keepwell.x.models import Form"),
    (shape.acts_without_viewer, "keepwell.x.actions", "def send(form): ..."),
    (shape.acts_without_viewer, "keepwell.x.queries.inbox", "async def forms(*, viewer): ..."),
    (shape.long_functions, "keepwell.x", "def long():\n" + "    act()\n" * 60),
    (shape.long_files, "keepwell.x", "act()\n" * 500),
    (shape.vague_names, "keepwell.x.utils", ""),
    (shape.vague_names, "keepwell.common.clock", ""),
    (shape.unfinished, "keepwell.x", "def later():\n    raise NotImplementedError('soon')"),
    (shape.untidy_kinds, "keepwell.x.events", "class Kind(StrEnum):\n    A = 'opened'"),
    (
        shape.untidy_kinds,
        "keepwell.x.events",
        "class Kind(StrEnum):\n    A = 'x:form:send'\n    B = 'x:form:open'",
    ),
    (shape.numbers_without_words, "keepwell.x.forms", "forms.IntegerField(min_value=1)"),
    (shape.numbers_without_words, "keepwell.x.forms", NUMBER.replace("'invalid': '',", "")),
    (shape.numbers_without_words, "keepwell.x.forms", NUMBER.replace("help_text='',", "")),
]
KEPT: list[tuple[Rule, str, str]] = [
    (shape.rows_reached_elsewhere, "keepwell.products.x.queries.inbox", "Form.objects.get()"),
    (
        shape.models_on_pages,
        "keepwell.products.x.views",
        "if TYPE_CHECKING:\n    from keepwell.x.models import Form",
    ),
    (shape.acts_without_viewer, "keepwell.x.actions", "def send(viewer, *, form): ..."),
    (shape.acts_without_viewer, "keepwell.x.actions", "def _allow(form): ..."),
    (shape.long_functions, "keepwell.x", "def long():\n" + "    act()\n" * 59),
    (shape.untidy_kinds, "keepwell.x.events", "class Kind(StrEnum):\n    A = 'x:form:open'"),
    (shape.numbers_without_words, "keepwell.x.forms", NUMBER),
    (shape.numbers_without_words, "keepwell.x.models", "models.IntegerField()"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BREACHES)
def test_each_rule_sees_its_breach(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module.snippet(name, text)))


@pytest.mark.parametrize(("rule", "name", "text"), KEPT)
def test_each_rule_leaves_what_keeps_it(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module.snippet(name, text))) == []


def not_exempt(found: list[str], exemptions: Mapping[str, str]) -> list[str]:
    return [line for line in found if not any(covers(name, line) for name in exemptions)]


def covers(name: str, line: str) -> bool:
    return line == name or line.startswith((f"{name}.", f"{name}:"))


def test_rows_are_reached_in_models_actions_and_queries_only(source: list[Module]) -> None:
    found = offenders(shape.rows_reached_elsewhere, source)
    assert_none(not_exempt(found, ROWS_ELSEWHERE))


@pytest.mark.parametrize(
    ("rule", "exemptions"),
    [
        (shape.rows_reached_elsewhere, ROWS_ELSEWHERE),
        (shape.acts_without_viewer, WITHOUT_VIEWER),
    ],
)
def test_every_exemption_is_still_needed(
    rule: Rule, exemptions: Mapping[str, str], source: list[Module]
) -> None:
    found = offenders(rule, source)
    unneeded = [name for name in exemptions if not any(covers(name, line) for line in found)]
    assert_none(unneeded)


def test_a_number_that_does_not_fit_is_answered_in_our_own_words(source: list[Module]) -> None:
    pages = [module for module in source if module.is_in({"office", "products"})]
    assert_none(offenders(shape.numbers_without_words, pages))


def test_pages_of_products_know_no_models(source: list[Module]) -> None:
    assert_none(offenders(shape.models_on_pages, source))


def test_every_action_and_query_takes_the_viewer_first(source: list[Module]) -> None:
    found = offenders(shape.acts_without_viewer, source)
    assert_none(not_exempt(found, WITHOUT_VIEWER))


@pytest.mark.parametrize("rule", [shape.long_functions, shape.long_files, shape.unfinished])
def test_functions_and_files_are_short_and_written(rule: Rule, source: list[Module]) -> None:
    assert_none(offenders(rule, [*source, *shape.test_modules()]))


def test_every_module_has_a_name_that_says_something(source: list[Module]) -> None:
    found = offenders(shape.vague_names, [*source, *shape.test_modules()])
    # Django looks for a database backend in a module of this name.
    engines = ("postgresql", "sqlite")
    assert found == [f"keepwell.safeguards.tenancy.{engine}.base" for engine in engines]


def test_kinds_of_the_trail_are_named_alike_and_in_order(source: list[Module]) -> None:
    assert_none(offenders(shape.untidy_kinds, source))


@pytest.mark.parametrize(
    "line",
    [
        "index = https://" + ".".join(("pypi", "org")) + "/simple",
        "cd /" + "work/" + "main",
    ],
)
def test_a_tie_to_this_place_is_seen(line: str) -> None:
    assert list(shape.ties_to_this_place("x", line)) == ["x:1"]


def test_a_comment_that_leaves_work_for_later_is_seen() -> None:
    assert list(shape.placeholders("x.py", "act()  # TO" + "DO tidy")) == ["x.py:1"]


@pytest.mark.parametrize("rule", [shape.ties_to_this_place, shape.placeholders])
def test_no_committed_file_is_tied_to_this_place_or_unfinished(
    rule: Callable[[str, str], Iterator[str]],
) -> None:
    texts = list(shape.committed_texts())
    assert texts
    assert_none([found for name, text in texts for found in rule(name, text)])


def test_every_app_of_ours_has_tests_in_the_mirrored_folder() -> None:
    folders = [
        shape.ROOT.joinpath("tests", *app.split(".")[1:])
        for app in settings.INSTALLED_APPS
        if app.startswith("keepwell.")
    ]
    missing = [
        str(folder.relative_to(shape.ROOT))
        for folder in folders
        # An app in another app's folder (a second store) may be tested with it.
        if not any(folder.rglob("test_*.py")) and folder.parent not in folders
    ]
    assert_none(missing)

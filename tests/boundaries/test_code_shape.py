"""The code keeps the shape that docs and reviewers rely on; each rule is first seen to fail."""

from collections.abc import Callable, Iterable, Iterator

import pytest
from django.conf import settings

from tests.boundaries import shape
from tests.boundaries.shape import Module

Rule = Callable[[Module], Iterator[str]]

# Where rows are reached outside models, actions and queries, and why it is right there.
ROWS_ELSEWHERE: dict[str, str] = {}
# Public functions of actions and queries that take no viewer, and why.
WITHOUT_VIEWER: dict[str, str] = {}


def offenders(rule: Rule, modules: Iterable[Module]) -> list[str]:
    return [found for module in modules for found in rule(module)]


@pytest.fixture(scope="module")
def source() -> list[Module]:
    return shape.source_modules()


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
]


@pytest.mark.parametrize(("rule", "name", "text"), BREACHES)
def test_each_rule_sees_its_breach(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module.snippet(name, text)))


@pytest.mark.parametrize(("rule", "name", "text"), KEPT)
def test_each_rule_leaves_what_keeps_it(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module.snippet(name, text))) == []


def test_rows_are_reached_in_models_actions_and_queries_only(source: list[Module]) -> None:
    elsewhere = [module for module in source if not is_exempt(module.name)]
    assert offenders(shape.rows_reached_elsewhere, elsewhere) == []


def is_exempt(name: str) -> bool:
    return any(name == exempt or name.startswith(f"{exempt}.") for exempt in ROWS_ELSEWHERE)


def test_every_exemption_is_still_needed(source: list[Module]) -> None:
    found = offenders(shape.rows_reached_elsewhere, source)
    for exempt in ROWS_ELSEWHERE:
        assert any(line.startswith((f"{exempt}:", f"{exempt}.")) for line in found), exempt
    assert set(WITHOUT_VIEWER) <= set(offenders(shape.acts_without_viewer, source))


def test_pages_know_no_models(source: list[Module]) -> None:
    assert offenders(shape.models_on_pages, source) == []


def test_every_action_and_query_takes_the_viewer_first(source: list[Module]) -> None:
    found = offenders(shape.acts_without_viewer, source)
    assert [name for name in found if name not in WITHOUT_VIEWER] == []


@pytest.mark.parametrize("rule", [shape.long_functions, shape.long_files, shape.unfinished])
def test_functions_and_files_are_short_and_written(rule: Rule, source: list[Module]) -> None:
    assert offenders(rule, [*source, *shape.test_modules()]) == []


def test_every_module_has_a_name_that_says_something(source: list[Module]) -> None:
    found = offenders(shape.vague_names, [*source, *shape.test_modules()])
    # Django looks for a database backend in a module of this name.
    assert found == ["keepwell.safeguards.tenancy.postgresql.base"]


def test_kinds_of_the_trail_are_named_alike_and_in_order(source: list[Module]) -> None:
    assert offenders(shape.untidy_kinds, source) == []


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
    assert [found for name, text in texts for found in rule(name, text)] == []


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
    assert missing == []

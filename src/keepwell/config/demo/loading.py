"""Load the demonstration: two organisations, one published form, a few submissions."""

from dataclasses import asdict
from importlib.resources import files
from typing import Any

from keepwell.config.demo import intake, notice, people


def load() -> dict[str, Any]:
    """Load everything through the same actions that people use; return what the reader needs.

    Links are paths: which address stands before them is decided when the folder is served.
    """
    riverside, hillside = people.open_riverside(), people.open_hillside()
    notice.publish_notice(riverside)
    definition = files("keepwell.config.demo").joinpath("intake.json").read_bytes()
    published = intake.publish(riverside.owner, definition)
    intake.answer(riverside.organisation, published)
    version = published.version
    return {
        "accounts": [asdict(each) for each in (*riverside.accounts, *hillside.accounts)],
        "forms": [{"title": version.title, "version": version.number, "path": published.path}],
    }

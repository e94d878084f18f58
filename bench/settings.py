"""Keepwell's own settings and one app more: the charts."""

from keepwell.config.settings import *  # noqa: F403  they are Django's names
from keepwell.config.settings import INSTALLED_APPS as KEEPWELLS

INSTALLED_APPS = [*KEEPWELLS, "bench.charts"]

"""Keepwell's settings for a server that speaks the language of tests.journeys.pseudo."""

import os

from keepwell.config.settings import *  # noqa: F403  they are Django's names
from tests.journeys import pseudo

pseudo.install(is_rtl=os.environ.get("PSEUDO_DIRECTION") == "rtl")

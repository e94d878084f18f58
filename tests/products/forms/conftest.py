"""Property tests here have no deadline: speed lives in bench/, a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("forms", deadline=None)
settings.load_profile("forms")

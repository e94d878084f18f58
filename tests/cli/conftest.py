"""What tests of the command line may ask for besides the stores: a server of their own."""

from tests.serving import demo, served

__all__ = ["demo", "served"]

"""The demonstration: a made-up clinic with made-up people, new secrets in every folder."""

from keepwell.config.demo.loading import load

__all__ = ["load"]

"""Django's entry for the charts."""

from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """In nobody's installation but the benchmarks'."""

    name = "bench.charts"
    label = "charts"

"""Configures all tests: Hypothesis runs the same examples everywhere and does not time them, and garbage is collected cheaply."""

import gc

from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


def pytest_collection_finish() -> None:
    """Excludes what was imported from garbage collection: tests of linear time would pay for walking through all of it."""
    gc.collect()
    gc.freeze()

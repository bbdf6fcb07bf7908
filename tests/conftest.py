"""Watches every test of the whole run."""

pytest_plugins = ("tests.leak_guard",)

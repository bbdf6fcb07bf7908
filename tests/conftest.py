"""Watches every test of the whole run, and keeps them all from the user's own cache folder."""

import os

pytest_plugins = ("tests.leak_guard",)

os.environ["SAMTALE_CACHE"] = "off"

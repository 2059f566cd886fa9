"""The settings of any server, with the application as tests want it (late_check.py)."""

from tests.quick_settings import *  # noqa: F403

ASGI_APPLICATION = "tests.browser.late_check.application"

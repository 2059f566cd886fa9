"""The settings of any server, with the application that checks too late to save a test (late_check.py)."""

from tests.quick_settings import *  # noqa: F403

ASGI_APPLICATION = "tests.browser.late_check.application"

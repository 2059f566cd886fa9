"""The project's settings, for a server without the extension (tests/plain.py)."""

from tests.quick_settings import *  # noqa: F403

ASGI_APPLICATION = "tests.plain.application"

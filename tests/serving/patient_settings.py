"""The project's settings, for processes that wait for a connection to PostgreSQL as long as it takes."""

from discuss.live import pool
from project.settings import *  # noqa: F403

# Seconds. Opening many at once takes a busy machine longer than a site's people would be kept waiting.
pool.CONNECT_WITHIN = 100.0

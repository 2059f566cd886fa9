"""The project's settings, for processes that wait longer for a connection to PostgreSQL."""

from discuss.db import workers
from tests.quick_settings import *  # noqa: F403

# Seconds. Opening many at once takes a busy machine longer than a site's people would be kept waiting. It is
# less than a process has to end (END_WITHIN): just after a restart of PostgreSQL, one may wait for so long.
workers.CONNECT_WITHIN = 10.0

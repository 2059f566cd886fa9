"""The settings of any server, with a database that may grow to MAX_PAGES pages and no further."""

import os

if "PLAIN_SEND" in os.environ:
    from tests.plain_settings import *  # noqa: F403
else:
    from tests.quick_settings import *  # noqa: F403

# Each connection has its own limit, so it is set where connections begin.
DATABASES["default"]["OPTIONS"]["init_command"] += (  # noqa: F405
    f" PRAGMA max_page_count={int(os.environ['MAX_PAGES'])};"
)

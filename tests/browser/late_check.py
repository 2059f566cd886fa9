"""The application, as tests want it.

Its check of sessions and memberships comes so late that what ends a page was a bell. What the tests do from
their own process, whose bells it cannot hear, it looks for each second.
"""

from discuss.live import hub, sweeps
from project.asgi import application

hub.REVOCATION_INTERVAL = 1000.0
sweeps.SWEEP_INTERVAL = 1.0

__all__ = ["application"]

"""The application, with its check of sessions and memberships so late that what ends a page was a bell."""

from discuss.live import hub
from project.asgi import application

hub.REVOCATION_INTERVAL = 1000.0

__all__ = ["application"]

"""What is logged, and how it is written."""

from typing import Any


def logging_as(log_format: str) -> dict[str, Any]:
    """Return Django's LOGGING, for lines of text or of json."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": "discuss.logs.JsonLines"},
        },
        "filters": {
            "cancelled_futures": {"()": "discuss.logs.CancelledFutures"},
            "refused_hosts": {"()": "discuss.edges.addresses.RefusedHosts"},
            "refused_requests": {"()": "discuss.logs.RefusedRequests"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": log_format,
                "filters": ["refused_requests"],
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "asyncio": {"filters": ["cancelled_futures"]},
            "discuss": {"level": "INFO"},
            "django.security.DisallowedHost": {"filters": ["refused_hosts"]},
            # It writes a traceback every second while Redis is away; the doorbell says so once.
            "channels_redis": {"level": "CRITICAL"},
            # And a line for each try while PostgreSQL is; what failed by it says so.
            "psycopg.pool": {"level": "ERROR"},
        },
    }

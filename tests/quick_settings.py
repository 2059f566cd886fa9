"""The project's settings, for the servers that tests start: they hash passwords quickly.

In a test people do in seconds what takes them hours elsewhere, so there is no limit to it.

The usual hash is slow on purpose: half a second of computing for each sign-up. Hashes of the usual kinds can
still be checked.
"""

from django.conf import global_settings

from project.settings import *  # noqa: F403

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    *global_settings.PASSWORD_HASHERS,
]

RATE_LIMITS = {}
# Few enough for a test to make more within a minute.
ACCOUNT_RATE_LIMITS = {**ACCOUNT_RATE_LIMITS, "login": "30/m/ip"}  # noqa: F405

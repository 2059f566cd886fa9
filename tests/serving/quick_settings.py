"""The project's settings, for a server at which many log-ins are tried within the minute that counts them."""

from project.settings import *  # noqa: F403

# The usual hash takes a busy machine seconds, and so few tries would fit.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

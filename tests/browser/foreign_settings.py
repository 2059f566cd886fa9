"""The settings of a server that speaks the pseudo-language (tests/pseudo.py)."""

from django.utils.translation import trans_real

from tests.pseudo import CODE, Pseudo
from tests.quick_settings import *  # noqa: F403

LANGUAGE_CODE = CODE
# Django looks for its catalogue, and there is no such file.
SILENCED_SYSTEM_CHECKS = ["translation.E004"]
vars(trans_real)["_translations"][CODE] = Pseudo()

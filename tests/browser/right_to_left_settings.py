"""The settings of a server that speaks the pseudo-language from right to left (tests/pseudo.py)."""

from django.conf import global_settings
from django.utils.translation import trans_real

from tests.pseudo import RIGHT_TO_LEFT, Mirrored
from tests.quick_settings import *  # noqa: F403

LANGUAGE_CODE = RIGHT_TO_LEFT
LANGUAGES_BIDI = [*global_settings.LANGUAGES_BIDI, RIGHT_TO_LEFT]
# Django looks for its catalogue, and there is no such file.
SILENCED_SYSTEM_CHECKS = ["translation.E004"]
vars(trans_real)["_translations"][RIGHT_TO_LEFT] = Mirrored()

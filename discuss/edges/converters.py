"""What parts of addresses have to be like, beside what Django knows."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class Digest(StringConverter):
    """What names a token sheet (discuss/token_sheet.py)."""

    regex = "[0-9a-f]{16}"


register_converter(Digest, "digest")

"""The token sheet that staff wrote. It runs in a worker thread."""

from discuss.design.rules.sheets import known_values, site_sheet
from discuss.models import TokenSheet
from discuss.token_sheet import token_sheet


def read_values() -> dict[str, str]:
    """Return what pages wear now, by the names of tokens."""
    stored = TokenSheet.objects.latest_first().values_list("values", flat=True).first()
    return known_values(stored)


def keep_token_sheet() -> None:
    """Have this process know what stands there now."""
    token_sheet.keep(site_sheet(read_values()))

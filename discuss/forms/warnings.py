"""Which warning somebody has read."""

from discuss.forms.fields import NumberField
from discuss.forms.quick import QuickForm


class WarningForm(QuickForm):
    warning = NumberField()

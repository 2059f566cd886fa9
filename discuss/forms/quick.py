"""Forms of what comes with every message and every page: for speed only."""

from typing import Any, Self

from django import forms


class _Shared(dict[str, forms.Field]):
    """Fields that all forms of a kind have together: nothing alters them."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class QuickForm(forms.Form):
    """A form that is read and never shown. For speed only: bench cases small-groups, stored and connects.

    A plain form copies its fields and binds each of them to itself: that takes 45 us where this takes 15, and
    leaves 60 objects to the garbage collector. What it reads is what a plain form of the same fields reads.
    """

    def __init__(self, data: Any = None) -> None:
        if not isinstance(self.base_fields, _Shared):
            type(self).base_fields = _Shared(self.base_fields)
        super().__init__(data)

    def _clean_fields(self) -> None:
        # Of Django's own, what is left without bound fields and cleaning methods of a form.
        for name, field in self.fields.items():
            value = field.widget.value_from_datadict(self.data, self.files, name)
            try:
                self.cleaned_data[name] = field.clean(value)
            except forms.ValidationError as error:
                # What they were raised by holds this form, and whoever called it with all that they have.
                for each in (error, *error.error_list):
                    each.__traceback__ = each.__context__ = None
                self.add_error(name, error)

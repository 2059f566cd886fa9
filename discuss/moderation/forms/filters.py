"""Filters as they are written: each kind has fields of its own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import NameField
from discuss.models import Filter
from discuss.models.filter import LONGEST, NAME_LENGTH
from discuss.rules.filters import Does, Exempt, FilterKind, Folded
from discuss.rules.filters.hosts import host_key, readable
from discuss.rules.text import Text, clean_message

# Terms of one filter, and characters of a term.
TERMS = 500
TERM_LENGTH = 100
MINUTE = 60


class TermsField(forms.CharField):
    """Words and phrases, or hosts: one a line, each once."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "none"})

    def to_python(self, value: Any) -> str:
        lines = clean_message(value if isinstance(value, str) else "").split("\n")
        terms = list(dict.fromkeys(filter(None, map(self.term, lines))))
        if len(terms) > TERMS:
            raise forms.ValidationError(
                _("That is too much for one filter: at most %(most)s lines."),
                "many",
                {"most": TERMS},
            )
        for term in terms:
            if len(term) > TERM_LENGTH:
                raise forms.ValidationError(
                    _("This is too long: %(term)s"), "long", {"term": f"{term[:30]}…"}
                )
        return "\n".join(terms)

    def term(self, line: str) -> str:
        return " ".join(line.split())


class WordsField(TermsField):
    def validate(self, value: str) -> None:
        super().validate(value)
        for term in value.split("\n"):
            if not Folded(term).signs.strip():
                raise forms.ValidationError(_("One of the lines holds nothing that can be seen."))


class HostsField(TermsField):
    """Hosts; of a whole address the host is taken."""

    def term(self, line: str) -> str:
        host = readable(line.strip()).partition("://")[2] or readable(line.strip())
        for end in "/?#":
            host = host.partition(end)[0]
        return host_key(host.rpartition("@")[2].partition(":")[0].removeprefix("*."))

    def validate(self, value: str) -> None:
        super().validate(value)
        for host in filter(None, value.split("\n")):
            if "." not in host or any(c.isspace() for c in host):
                raise forms.ValidationError(_("This is no host: %(host)s"), params={"host": host})


class EitherField(forms.TypedChoiceField):
    """One of two choices: the first stands for no, the second for yes."""

    def __init__(self, no: Text, yes: Text, **kwargs: Any) -> None:
        super().__init__(
            choices=[("False", no), ("True", yes)],
            coerce=lambda value: value == "True",
            empty_value=False,  # type: ignore[arg-type]  # the stubs know text alone
            required=False,
            initial="False",
            widget=forms.RadioSelect,
            **kwargs,
        )


class FilterForm(forms.Form):
    """What all filters have."""

    kind: FilterKind
    name = NameField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_("Whoever is refused reads it, such as: No advertising"),
    )
    does = forms.ChoiceField(
        label=_("What it does"),
        choices=Does.choices,
        widget=forms.RadioSelect,
        initial=Does.BLOCK,
    )
    exempt = forms.ChoiceField(
        label=_("To whom it does not apply"),
        choices=Exempt.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=Exempt.MODERATORS,
    )

    def __init__(
        self, *args: Any, is_of_site: bool, written: Filter | None = None, **kwargs: Any
    ) -> None:
        if written is not None:
            same = {name: getattr(written, name, None) for name in self.base_fields}
            kwargs["initial"] = {**same, **self.stored(written)}
        super().__init__(*args, **kwargs)
        if not is_of_site:
            self.fields.pop("is_for_names", None)
        own = [name for name in self.fields if name not in FilterForm.base_fields]
        self.order_fields(["name", *own, "does", "exempt"])

    def stored(self, written: Filter) -> dict[str, Any]:
        """Return what its fields hold that have other names or measures than the filter's."""
        return {}

    @property
    def values(self) -> dict[str, Any]:
        """What of it is stored."""
        return {**self.cleaned_data, "kind": self.kind}


class _ForNames(forms.Form):
    is_for_names = EitherField(
        _("Messages"),
        _("Names of people and groups, too"),
        label=_("What it looks at"),
        help_text=_("Names are refused, where the filter refuses or holds messages."),
    )


class WordsForm(_ForNames, FilterForm):
    kind = FilterKind.WORDS
    terms = WordsField(
        label=_("Words and phrases, one a line"),
        help_text=_(
            "Capitals, accents and invisible characters make no difference, nor letters that look alike: spam"
            " is found in SP\u00c1M, and fail in fa1l. Signs count at the ends of a line alone."
        ),
    )
    is_part = EitherField(
        _("As whole words"),
        _("Inside of longer words, too"),
        label=_("Where they are found"),
        help_text=_("Inside of others, spam is found in antispam, and short words in many."),
    )


class DeniedForm(_ForNames, FilterForm):
    kind = FilterKind.DENIED
    terms = HostsField(
        label=_("Hosts, one a line"),
        help_text=_(
            "Such as example.com, which stands for www.example.com and all others below it, too."
        ),
    )


class AllowedForm(FilterForm):
    kind = FilterKind.ALLOWED
    terms = HostsField(
        label=_("Hosts that may be linked to, one a line"),
        required=False,
        help_text=_(
            "Those below them are allowed, too. Without a line here, all links are caught."
        ),
    )


class MentionsForm(FilterForm):
    kind = FilterKind.MENTIONS
    number = forms.IntegerField(
        label=_("People that a message may mention"), min_value=0, max_value=50, initial=5
    )


class CapitalsForm(FilterForm):
    kind = FilterKind.CAPITALS
    number = forms.IntegerField(
        label=_("Capitals of a hundred letters that are let through"),
        min_value=10,
        max_value=99,
        initial=70,
        help_text=_("Messages of few letters are let alone."),
    )


class RepeatedForm(FilterForm):
    kind = FilterKind.REPEATED
    number = forms.IntegerField(
        label=_("How often a person may say the same"), min_value=1, max_value=20, initial=1
    )
    minutes = forms.IntegerField(
        label=_("Within how many minutes"),
        min_value=1,
        max_value=int(LONGEST.total_seconds()) // MINUTE,
        initial=10,
    )

    def stored(self, written: Filter) -> dict[str, Any]:
        return {"minutes": written.seconds // MINUTE}

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        seconds = values.pop("minutes") * MINUTE
        return {**values, "seconds": seconds}


FORMS: dict[str, type[FilterForm]] = {
    form.kind: form
    for form in (WordsForm, DeniedForm, AllowedForm, MentionsForm, CapitalsForm, RepeatedForm)
}

"""allauth's forms, as our pages show them."""

from typing import Any

from allauth.account import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import ValidationError
from django.forms import CharField, TextInput
from django.utils.translation import gettext_lazy as _

from discuss.accounts.mail_domains import refuse_disposable
from discuss.actions import Refused, filtering
from discuss.forms import UsernameField
from discuss.models import Invitation, User

PASSWORD_ADVICE = _(
    "Eight characters or more: three or four random words are good, and easy to remember."
)


class Labelled:
    """What all forms share.

    No placeholder repeats a label, the focus is where typing begins, and a new password has one line of
    advice.
    """

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password1" in self.fields:
            # Django says four sentences, most of which nobody needs.
            self.fields["password1"].help_text = PASSWORD_ADVICE

    def get_context(self) -> dict[str, Any]:
        visible = self.visible_fields()  # type: ignore[attr-defined]
        for each in visible:
            each.field.widget.attrs.pop("placeholder", None)
        first = next((each for each in visible if each.errors), self.begins_at(visible))
        if first is not None:
            first.field.widget.attrs["autofocus"] = True
        return super().get_context()  # type: ignore[misc,no-any-return]

    def begins_at(self, visible: list[Any]) -> Any:
        """Return the field where typing begins; none where a page has more forms than this."""
        return visible[0]


class CodeField(CharField):
    """The code of SIGN_UP_CODE."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Code"),
            max_length=200,
            help_text=_("Whoever runs this server tells it."),
            widget=TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        )


class LoginForm(Labelled, forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A link to the password reset, between the two fields; the page has it behind them.
        self.fields["password"].help_text = ""


class SignupForm(Labelled, forms.SignupForm):
    def __init__(
        self,
        *args: Any,
        invitation: Invitation | None = None,
        asks_code: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.invitation, self.asks_code = invitation, asks_code
        if asks_code:
            self.fields["code"] = CodeField()
        self.fields["username"].help_text = _(
            "Up to 40 letters and digits, and @ . + - _ between them, but no spaces. What others see can be "
            "changed later."
        )
        email = self.fields["email"]
        email.help_text = _(
            "Members do not see it. It is the only way to reset a forgotten password."
        )

    def clean_username(self) -> str:
        name: str = super().clean_username()
        try:
            filtering.refuse_name(name)
        except Refused as refusal:
            raise ValidationError(refusal.text, refusal.code) from None
        return name

    def clean_email(self) -> str:
        refuse_disposable(self.cleaned_data["email"])
        email: str = super().clean_email()
        return email

    def refuse_code(self, reason: str) -> None:
        """Say so beside the field; all else that was typed stays, and of that the passwords too."""
        self.add_error("code", reason)
        for name in ("password1", "password2"):
            self.fields[name].widget.render_value = True


class PartOfPage(Labelled):
    """One of several forms of a page, which has the focus where something in it is wrong."""

    def begins_at(self, visible: list[Any]) -> Any:
        return None


class AddEmailForm(PartOfPage, forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New address")

    def clean_email(self) -> str:
        refuse_disposable(self.cleaned_data["email"])
        email: str = super().clean_email()
        return email


class ChangePasswordForm(PartOfPage, forms.ChangePasswordForm):
    pass


class SetPasswordForm(PartOfPage, forms.SetPasswordForm):
    pass


class ResetPasswordForm(Labelled, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Labelled, forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Labelled, forms.ReauthenticateForm):
    pass


class FirstAdminForm(Labelled, BaseUserCreationForm[User]):
    """Of whoever started the server, who may be called as nobody else may."""

    class Meta:
        model = User
        fields = ("username",)
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["password2"].help_text = ""

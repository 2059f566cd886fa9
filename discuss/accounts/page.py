"""The account as one page, in parts. Each has an address of its own, which shows the whole page.

What is sent to an address and refused is shown in its part, with what was typed; so is what it says was done.
"""

from typing import Any

from allauth.account import views
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.generic import FormView

from discuss import actions
from discuss.accounts.forms import AddEmailForm, ChangePasswordForm, SetPasswordForm
from discuss.forms import YouForm
from discuss.limits import limits


class AccountPage:
    """What the page shows besides the form of its own `part`."""

    template_name = "account/page.html"
    part: str
    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        user = self.request.user
        password = ChangePasswordForm if user.has_usable_password() else SetPasswordForm
        forms = {"you": YouForm, "email": AddEmailForm, "password": password}
        others = {
            f"{part}_form": form(user=user) for part, form in forms.items() if part != self.part
        }
        # An address that staff gave is not among them yet.
        sync_user_email_address(user)
        return {
            **context,
            **others,
            f"{self.part}_form": context["form"],
            "part": self.part,
            "emailaddresses": list(
                EmailAddress.objects.filter(user=user).order_by("-primary", "email")
            ),
            "can_add_email": EmailAddress.objects.can_add_email(user),
        }

    def get_default_success_url(self) -> str:
        return f"{self.request.path}#{self.part}"


@method_decorator(login_required, name="dispatch")
class YouView(AccountPage, FormView):  # type: ignore[type-arg,misc]
    """The part in which people choose something for themselves."""

    part = "you"
    form_class = YouForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: YouForm) -> HttpResponse:
        """Save it. Who may not be called so, or was called otherwise just now, is told beside the field."""
        chosen = form.chosen()
        name = chosen.pop("display_name", None)
        if name is not None and "display_name" in form.changed_data:
            refusal = limits.refusal("name", self.request.user.pk) or self._rename(name)
            if refusal:
                form.add_error("display_name", refusal)
                return self.form_invalid(form)
        actions.change_settings(self.request.user, **chosen)
        messages.success(self.request, gettext("Saved."))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_success_url(self) -> str:
        return f"{reverse('account')}#you"

    def _rename(self, name: str) -> Any:
        """Have others call the person so. Returns why not, or nothing."""
        try:
            actions.change_display_name(self.request.user, display_name=name)
        except ValidationError as refused:
            return refused
        except actions.Refused as refused:
            return refused.text
        return None


class EmailView(AccountPage, views.EmailView):
    part = "email"

    def get_success_url(self) -> str:
        return f"{reverse('account_email')}#email"


class PasswordChangeView(AccountPage, views.PasswordChangeView):
    part = "password"


class PasswordSetView(AccountPage, views.PasswordSetView):
    part = "password"

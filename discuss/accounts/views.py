"""Where allauth's pages need more than forms and an adapter."""

from typing import Any

from allauth.account import views
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from discuss.accounts.forms import SignupForm
from discuss.accounts.tries import try_code


class SignupView(views.SignupView):
    """Sign-up, by a code where one is needed."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "asks_code": settings.SIGN_UP == "code"}

    def form_valid(self, form: SignupForm) -> HttpResponse:
        """Make the account. Who has no code, or loses a race for a name, is told beside the field."""
        if form.asks_code and (refusal := try_code(self.request, form.cleaned_data["code"])):
            form.refuse_code(refusal)
            response: HttpResponse = self.form_invalid(form)
            return response
        try:
            response = super().form_valid(form)
        except ValidationError as refusal:
            form.add_error("username", refusal)
            response = self.form_invalid(form)
        return response

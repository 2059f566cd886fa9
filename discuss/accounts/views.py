"""Where allauth's pages need more than forms and an adapter."""

from allauth.account import views
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse


class SignupView(views.SignupView):
    """Sign-up, where whoever loses a race for a name is told beside the field."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except ValidationError as refusal:
            form.add_error("username", refusal)
            response = self.form_invalid(form)
        return response

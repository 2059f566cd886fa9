"""Where allauth's pages need more than forms and an adapter."""

from typing import Any

from allauth.account import views
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.views.generic import TemplateView

from discuss.accounts.forms import SignupForm
from discuss.accounts.invited import drop_invitation, kept_invitation
from discuss.accounts.tries import try_code
from discuss.actions import networks
from discuss.models import Invitation
from discuss.reading.networks import known_networks
from discuss.rules.refusals import Refused


class WaitingView(TemplateView):
    """What whoever has signed up sees where new accounts wait. It knows nothing of anybody."""

    template_name = "account/waiting.html"


class SignupView(views.SignupView):
    """Sign-up, by an invitation or a code where one is needed."""

    invitation: Invitation | None = None
    is_barred = False

    def is_open(self) -> bool:
        """Whether this browser's person may make an account: not from where nobody does, invited or not."""
        block = known_networks.bars_sign_ups(self.request.META.get("REMOTE_ADDR", ""))
        if block is not None:
            networks.count_barred(block)
        self.is_barred = block is not None
        return not self.is_barred and super().is_open()

    def closed(self) -> HttpResponse:
        if self.is_barred:
            return render(self.request, "account/signup_barred.html", status=403)
        response: HttpResponse = super().closed()
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        self.invitation = kept_invitation(self.request)
        asks_code = settings.SIGN_UP == "code" and self.invitation is None
        more = {"invitation": self.invitation, "asks_code": asks_code}
        return {**super().get_form_kwargs(), **more}

    def form_valid(self, form: SignupForm) -> HttpResponse:
        """Make the account. Who has no code, or loses a race for a name, is told beside the field."""
        response: HttpResponse
        if form.asks_code and (refusal := try_code(self.request, form.cleaned_data["code"])):
            form.refuse_code(refusal)
            response = self.form_invalid(form)
            return response
        try:
            response = super().form_valid(form)
        except ValidationError as taken:
            form.add_error("username", taken)
            response = self.form_invalid(form)
        except Refused as refused:
            form.add_error(None, refused.text)
            response = self.form_invalid(form)
        return response

    def get_success_url(self) -> str | None:
        """Return where to go on; nothing where allauth knows."""
        if self.invitation is None:
            elsewhere: str | None = super().get_success_url()
            return elsewhere
        drop_invitation(self.request)
        return resolve_url(self.invitation.group or "lobby")

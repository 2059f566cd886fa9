"""What allauth is told of names, of addresses and of mail."""

import logging
from email.utils import formataddr, parseaddr
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.defaults import permission_denied

from discuss import actions
from discuss.accounts import mails
from discuss.accounts.appealing import appeal_address
from discuss.accounts.invited import kept_invitation
from discuss.accounts.tries import CountedTries
from discuss.actions.networks import note_address
from discuss.actions.sign_ups import hold_sign_up
from discuss.logs import shown
from discuss.models import HeldSignUp, Site, User
from discuss.reading.bans import read_ban
from discuss.rules.names import NOT_HERE, is_reserved
from discuss.rules.reasons import label_of
from discuss.site import site

logger = logging.getLogger(__name__)


class AccountAdapter(CountedTries, DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this browser's person may make an account, if they can fill in the form."""
        if settings.SIGN_UP == "invited":
            return kept_invitation(request) is not None
        return bool(settings.SIGN_UP != "closed")

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse what the field of the model refuses, and names that staff alone may give."""
        username = User.normalize_username(username)
        if not shallow:
            if is_reserved(username, Site.objects.names()):
                raise ValidationError(NOT_HERE, "reserved")
            User._meta.get_field("username").clean(username, None)
        cleaned: str = super().clean_username(username, shallow)
        return cleaned

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address by which tries are counted; without one nobody may try."""
        try:
            address: str = super().get_client_ip(request)
        except PermissionDenied as error:
            # Once for each try, in a line: allauth's way would be a traceback.
            path = shown(request.path)
            logger.warning("%s: no address of who asks; X-Real-IP has to tell it.", path)
            raise ImmediateHttpResponse(permission_denied(request, error)) from None
        return address

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """Save someone new, and have them come in by the form's invitation, if there is one.

        Raises ValidationError where somebody else has got the name meanwhile, and Refused where others have
        used the invitation up.
        """
        # The password is hashed before the database is asked to wait: on SQLite every transaction holds
        # the one lock, and a hash takes as long as a hundred messages.
        saved: User = super().save_user(request, user, form, commit=False)
        try:
            with transaction.atomic():
                invitation = getattr(form, "invitation", None)
                # Whoever comes by an invitation waits for nobody: somebody who is in speaks for them.
                is_held = settings.HELD_SIGN_UPS and invitation is None
                if commit:
                    User.objects.lock_names()
                    User.objects.refuse_taken(saved.username)
                    saved.is_active = not is_held
                    saved.save()
                if is_held:
                    note_address(saved, request.META.get("REMOTE_ADDR", ""))
                    hold_sign_up(saved)
                if invitation:
                    actions.accept_invitation(saved, invitation=invitation)
        except IntegrityError:
            User.objects.refuse_taken(saved.username)
            raise
        return saved

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Let somebody in whose ban is over."""
        if not user.is_active and actions.end_ban_if_over(user):
            user.is_active = True
        return super().pre_login(request, user, **kwargs)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Tell whoever has given the right password why they cannot come in, and until when."""
        held = HeldSignUp.objects.filter(user=user).first()
        if held is not None:
            match = request.resolver_match
            if match is not None and match.url_name == "account_signup":
                return redirect("account_waiting")
            context = {"held": held, "why": label_of(held.reason)}
            return render(request, "account/waiting.html", context, status=403)
        told = read_ban(user.pk)
        if told is not None:
            given = {"ban": told, "appeal_address": appeal_address(user)}
            return render(request, "account/account_inactive.html", given, status=403)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def format_email_subject(self, subject: str) -> str:
        return f"{site.name}: {subject}"

    def get_from_email(self) -> str:
        """Return the address that mails come from, with the site's name of now."""
        return formataddr((site.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail that speaks of PUBLIC_URL: a request's Host header is its sender's to choose."""
        here = SimpleNamespace(name=site.name, domain=urlsplit(settings.PUBLIC_URL).netloc)
        links = {key: _public(url) for key, url in context.items() if key.endswith("_url")}
        given = {"request": self.request, "email": email, **context, **links, "current_site": here}
        mails.enqueue(self.render_mail(template_prefix, email, given))


def _public(url: str) -> str:
    parts = urlsplit(url)
    return settings.PUBLIC_URL + urlunsplit(("", "", parts.path, parts.query, ""))

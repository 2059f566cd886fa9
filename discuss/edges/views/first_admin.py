"""The page of the first admin."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from discuss import actions
from discuss.accounts.first_admin import is_good
from discuss.accounts.forms import FirstAdminForm
from discuss.edges.views.people import status_of


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever started the server name the first admin, and log them in."""
    if not is_good(token):
        return render(request, "discuss/first_admin_over.html", status=404)
    form = FirstAdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # The password is hashed by now, and nobody waits for that.
        user = form.save(commit=False)
        try:
            actions.make_first_admin(user)
        except actions.Refused:
            return render(request, "discuss/first_admin_over.html", status=404)
        except ValidationError as taken:
            form.add_error("username", taken)
        else:
            messages.success(
                request,
                gettext("Welcome. You are the admin: make a group, and invite people into it."),
            )
            response: HttpResponse = perform_login(
                request, user, email_verification="none", redirect_url=reverse("lobby")
            )
            return response
    return render(request, "discuss/first_admin.html", {"form": form}, status=status_of(form))

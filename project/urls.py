"""The addresses: DiscussIt's own, accounts, and the admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("discuss.urls")),
    path("accounts/", include("allauth.account.urls")),
    # One log-in for everybody: it is rate-limited, and looks like the rest.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", admin.site.urls),
]

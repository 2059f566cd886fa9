"""The addresses: DiscussIt's own, accounts, and the admin."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from discuss.accounts.views import SignupView

urlpatterns = [
    path("", include("discuss.edges.urls")),
    path("accounts/signup/", SignupView.as_view(), name="account_signup"),
    path("accounts/", include("allauth.account.urls")),
    # One log-in for everybody: it is rate-limited, and looks like the rest.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
]

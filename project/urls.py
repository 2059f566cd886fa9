"""The addresses: DiscussIt's own, accounts, and the admin."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from discuss.accounts import page
from discuss.accounts.views import SignupView, WaitingView

urlpatterns = [
    path("", include("discuss.edges.urls")),
    path("", include("discuss.moderation.edges.urls")),
    path("", include("discuss.design.edges.urls")),
    path("accounts/signup/", SignupView.as_view(), name="account_signup"),
    path("accounts/waiting/", WaitingView.as_view(), name="account_waiting"),
    # The account is one page; the addresses of its parts are allauth's own where it has them.
    path("accounts/", page.YouView.as_view(), name="account"),
    # Where pages of the version before send what is a part of it now.
    path("accounts/appearance/", page.YouView.as_view()),
    path("accounts/sound/", page.YouView.as_view()),
    path("accounts/email/", page.EmailView.as_view(), name="account_email"),
    path(
        "accounts/password/change/",
        page.PasswordChangeView.as_view(),
        name="account_change_password",
    ),
    path("accounts/password/set/", page.PasswordSetView.as_view(), name="account_set_password"),
    path("accounts/", include("allauth.account.urls")),
    # One log-in for everybody: it is rate-limited, and looks like the rest.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
]
if "django_browser_reload" in settings.INSTALLED_APPS:
    urlpatterns.append(path("__reload__/", include("django_browser_reload.urls")))

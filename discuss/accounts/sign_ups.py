"""What people are told whose account waited for a moderator: a mail, where they have given an address."""

from allauth.account.adapter import get_adapter
from django.urls import reverse

from discuss.actions.sign_ups import tells_of_sign_ups
from discuss.models import User
from discuss.rules.reasons import label_of


@tells_of_sign_ups
def tell(user: User, is_admitted: bool, reason: str) -> None:
    """Send the mail, by a task of the transaction that decides."""
    if not user.email:
        return
    name = "admitted" if is_admitted else "refused"
    context = {"user": user, "why": label_of(reason), "login_url": reverse("account_login")}
    get_adapter().send_mail(f"account/email/sign_up_{name}", user.email, context)

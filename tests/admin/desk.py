"""What is done at the admin's desk: choosing rows, and reading what it says."""

from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from discuss.doorbell.bell import Bell
from discuss.models import User

# What the form about a group sends of its settings where nobody changed them.
SETTINGS = {
    "posting": "everybody",
    "slow_mode": "0",
    "newcomers_wait": "0",
    "held_days": "0",
    "invites": "moderators",
    "pins": "moderators",
}


def url(model: Any, view: str, *args: Any) -> str:
    return reverse(f"admin:discuss_{model._meta.model_name}_{view}", args=args)


def choose(desk: Client, model: Any, action: str, rows: Any, **more: Any) -> Any:
    """Do an action of the list to these rows."""
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return desk.post(url(model, "changelist"), data)


def rows_of(response: Any) -> list[Any]:
    """The rows that a list shows."""
    return list(response.context_data["cl"].result_list)


def form_of(response: Any) -> Any:
    """The form that a page shows, with its errors."""
    return response.context_data["adminform"].form


def told(response: Any) -> list[str]:
    """What the person is told on the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def kinds(bells: list[Bell]) -> set[tuple[str, int]]:
    return {(bell.kind, bell.pk) for bell in bells}


def standing(user: User, **changed: Any) -> dict[str, Any]:
    """What the form about a person sends; None is a box that is not ticked."""
    data = {"email": user.email, "is_active": "on" if user.is_active else None, **changed}
    return {name: value for name, value in data.items() if value is not None}

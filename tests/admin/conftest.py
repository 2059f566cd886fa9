"""Who is at the admin's desk, and the bells that they ring."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from discuss.doorbell.bell import Bell
from discuss.models import User
from tests.cast import Cast, log_in


@pytest.fixture
def boss(cast: Cast) -> User:
    return User.objects.create_superuser("boss", password="correct horse")


@pytest.fixture
def desk(boss: User) -> Client:
    return log_in(boss)


@pytest.fixture
def helper(cast: Cast) -> User:
    """Staff with every right of ours, and no superuser."""
    user = User.objects.create_user("helper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="discuss"))
    return user


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[Bell]:
    """The bells that rang since `clear()`."""
    rung: list[Bell] = []

    def hand_over(bell: Bell) -> None:
        assert not connection.in_atomic_block, f"{bell} rang before the commit"
        rung.append(bell)

    monkeypatch.setattr("discuss.doorbell.bells._doorbell.hand_over", hand_over)
    return rung

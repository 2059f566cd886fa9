"""Every field refuses a text that is far too long before anything is done with it."""

import contextlib
import time
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms.forms import BaseForm
from django.test import Client
from django.urls import get_resolver

from discuss.models import User

# 64 KiB in which a letter's marks stand in disorder. To put them in order takes Python's own function
# seconds, in which no other thread runs.
DISORDER = "a" + "\u0301" * 16_000 + "\u0316" * 16_000
# A half of it, in which a letter has half as many of either.
HALF = DISORDER[8_000:24_000]
QUARTER = DISORDER[12_000:20_000]
PASSWORD = "correct horse battery staple"


def text_fields() -> Iterator[tuple[str, forms.Field]]:
    """Yield each field of a form of ours in which text can be written."""
    # Whoever makes a form is imported by that.
    assert get_resolver().url_patterns
    known: list[type[BaseForm]] = [BaseForm]
    for form in known:
        known += [each for each in form.__subclasses__() if each not in known]
        if form.__module__.startswith("discuss."):
            for name, field in form.base_fields.items():  # type: ignore[attr-defined]
                if isinstance(field, forms.CharField):
                    yield f"{form.__module__}.{form.__qualname__}.{name}", field


def computing(work: Callable[[], object]) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def in_order(text: str) -> float:
    """Return for how long Python itself computes to put the marks in order."""
    return computing(lambda: unicodedata.normalize("NFC", text))


@pytest.fixture(scope="module")
def limit() -> float:
    """Seconds that one field may compute: a small part of what Python takes for half of the text."""
    return in_order(HALF) / 9


def test_python_itself_takes_longer_than_the_text_grows():
    """So what takes the half longer than the limit would take the whole far longer."""
    assert in_order(HALF) > 3 * min(in_order(QUARTER) for _ in range(3))


def test_fields_of_all_kinds_are_found():
    forms = {name.split(".")[-2] for name, _ in text_fields()}
    assert {"MessageForm", "SignupForm", "ActForm", "WordsForm", "NewUserForm"} <= forms


@pytest.mark.django_db
def test_a_text_of_64_kib_costs_no_field_anything(limit: float):
    def clean(field: forms.Field) -> None:
        # Words to look for are cut, passwords are not read, and all else is refused.
        with contextlib.suppress(ValidationError):
            field.clean(DISORDER)

    taken = {name: computing(partial(clean, field)) for name, field in text_fields()}
    assert {name: seconds for name, seconds in taken.items() if seconds > limit} == {}


@pytest.mark.parametrize("field", ["username", "email", "password1"])
def test_nor_does_it_cost_anything_at_the_door(client: Client, db: None, field: str, limit: float):
    given = {"username": "zoe", "email": "zoe@example.org"}
    given |= {"password1": PASSWORD, "password2": PASSWORD}
    path = "/accounts/signup/"
    page = computing(lambda: client.get(path))
    assert computing(lambda: client.post(path, {**given, field: DISORDER})) < page + limit
    assert not User.objects.exists()

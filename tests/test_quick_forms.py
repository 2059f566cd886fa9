"""A quick form reads what Django's own form of the same fields does, and leaves nothing behind."""

import copy
import gc
from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from discuss.forms import MessageForm, ReadForm
from discuss.forms.quick import QuickForm

QUICK = QuickForm.__subclasses__()
VALUES: list[Any] = [
    None,
    "",
    " ",
    "-1",
    "nonce-123",
    "x" * 5000,
    "x\x00",
    7,
    True,
    1.5,
    [],
    ["7"],
    {},
]
RIGHT = {"nonce": "nonce-123", "how": "lines"}


def plain(quick: type[QuickForm]) -> type[forms.Form]:
    return type("Plain", (forms.Form,), copy.deepcopy(quick.declared_fields))


def read(form: forms.Form) -> tuple[bool, Any, Any]:
    return form.is_valid(), form.cleaned_data, form.errors.get_json_data()


@pytest.mark.parametrize("quick", QUICK, ids=lambda quick: quick.__name__)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:12])
def test_it_reads_what_a_plain_form_does(quick: type[QuickForm], value: object):
    for wrong in quick.declared_fields:
        right = {name: RIGHT.get(name, "7") for name in quick.declared_fields}
        assert read(quick(right))[0]
        for data in ({**right, wrong: value}, {wrong: value}):
            assert read(quick(data)) == read(plain(quick)(data))


def test_it_reads_what_a_browser_sends():
    data = QueryDict("text=soup&text=tea&nonce=nonce-123")
    assert read(MessageForm(data)) == read(plain(MessageForm)(data))


@pytest.mark.parametrize("quick", QUICK, ids=lambda quick: quick.__name__)
def test_it_has_no_cleaning_methods_that_would_not_be_called(quick: type[QuickForm]):
    assert not [name for name in dir(quick) if name.startswith("clean_")]


def test_it_is_gone_without_the_garbage_collector():
    def left_by(form: type[forms.Form]) -> int:
        gc.collect()
        assert form({"read": "7"}).is_valid()
        return gc.collect()

    gc.disable()
    try:
        left_by(ReadForm)  # which gives the kind its shared fields
        assert left_by(plain(ReadForm)) > 0
        assert left_by(ReadForm) == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 20])
def test_what_was_wrong_holds_nothing_of_whoever_asked(value: str):
    """A traceback holds the frames of all who called, with all that they have."""
    form = ReadForm({"read": value})
    (error,) = form.errors.as_data()["read"]
    assert error.__traceback__ is None
    assert error.__context__ is None

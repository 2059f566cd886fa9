"""A form in another encoding than our pages ask for is refused, wherever it is sent."""

import pytest
from django.test import Client

from discuss.models import Entry
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "utf8", "nonsense"])
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/groups/{}/post/", "/admin/login/", "/nowhere/"]
)
def test_it_is_refused_before_it_is_read(cast: Cast, path: str, charset: str):
    lines = Entry.objects.count()
    for client in (Client(), Client(enforce_csrf_checks=True), log_in(cast.bob)):
        response = client.generic(
            "POST",
            path.format(cast.kitchen.uuid),
            b"text=%2BADw-&nonce=nonce-123",
            content_type=f"application/x-www-form-urlencoded; charset={charset}",
        )
        assert response.status_code == 415
    assert Entry.objects.count() == lines


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF-8"])
def test_utf_8_it_is(cast: Cast, charset: str):
    response = log_in(cast.bob).post(
        f"{cast.kitchen.get_absolute_url()}post/",
        b"text=caf%C3%A9&nonce=nonce-123",
        content_type=f"application/x-www-form-urlencoded{charset}",
    )
    assert response.status_code == 302
    assert Entry.objects.get(nonce__startswith="nonce-123").text == "café"

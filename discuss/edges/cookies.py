"""The cookie that Django gives no setting for: each instance of a host needs one of its own."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class InstanceCookieStorage(CookieStorage):
    cookie_name = f"{settings.INSTANCE}_messages"


class MessageStorage(FallbackStorage):
    """Django's usual storage of messages, under a name of our own.

    Under the usual name two instances of a host would throw away each other's messages.
    """

    storage_classes = (InstanceCookieStorage, SessionStorage)

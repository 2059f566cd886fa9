from django.apps import AppConfig
from django.conf import settings

from discuss.site import site_name


class DiscussConfig(AppConfig):
    name = "discuss"
    verbose_name = site_name

    def ready(self) -> None:
        from discuss import checks  # noqa: F401  (importing it registers them)
        from discuss.accounts import sign_ups, signals  # noqa: F401  (it tells of what is decided)
        from discuss.moderation import actions  # noqa: F401  (its verbs are among those of the chat)

        signals.connect()
        if settings.SENTRY_DSN:
            from discuss import sentry

            sentry.report(settings.SENTRY_DSN)

from django.apps import AppConfig


class DiscussConfig(AppConfig):
    name = "discuss"
    verbose_name = "DiscussIt"

    def ready(self) -> None:
        from discuss import accounts

        accounts.connect()

from django.apps import AppConfig


class DiscussConfig(AppConfig):
    name = "discuss"
    verbose_name = "DiscussIt"

    def ready(self) -> None:
        from discuss import accounts, checks  # noqa: F401  (importing checks registers them)

        accounts.connect()

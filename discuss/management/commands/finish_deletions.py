"""`manage.py finish_deletions`: delete what is being deleted, to its end, where no server does so."""

from typing import Any

from django.core.management.base import BaseCommand

from discuss import actions


class Command(BaseCommand):
    help = (
        "Go on with the deletions of accounts and groups until they are done. "
        "A server does so by itself."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        count = actions.finish_deletions()
        if verbosity:
            self.stdout.write(f"Deletions that are done: {count}.")

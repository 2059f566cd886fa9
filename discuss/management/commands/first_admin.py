"""`manage.py first_admin`: the link by which the first admin is made in a browser."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from discuss.accounts.first_admin import has_admin, new_link


class Command(BaseCommand):
    help = "Print a link by which the first admin is made; it ends with that, and after a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-none", action="store_true", help="print nothing where there is an admin"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not has_admin():
            self.stdout.write(f"To make the first admin, open {new_link()}")
        elif not options["if_none"]:
            self.stdout.write("There is an admin already. Another one: manage.py createsuperuser")

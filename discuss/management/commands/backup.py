"""`manage.py backup FILE`: a consistent copy of the database, while the server is running."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from discuss.backups import BackupError, take_backup


class Command(BaseCommand):
    help = "Write a consistent copy of the database to a file, while the server is running."
    # A setting that is wrong elsewhere must not be the reason that there is no backup.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write")
        parser.add_argument("--force", action="store_true", help="replace the file if it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            take_backup(file, force=options["force"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Wrote {file}: {file.stat().st_size:,} bytes.")

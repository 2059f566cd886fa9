"""`manage.py restore FILE`: put a backup into an empty database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from discuss.backups import BackupError, restore_backup


class Command(BaseCommand):
    help = "Put a backup into an empty database. One of SQLite may go into PostgreSQL: that is the move."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `manage.py backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore_backup(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored (groups: {restored.groups:,}, lines: {restored.lines:,}, "
            f"people: {restored.people:,}). Pages that were open will repaint."
        )

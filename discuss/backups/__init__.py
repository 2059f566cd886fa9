"""Backups of the database: taking one while the server runs, and putting one into an empty database."""

from discuss.backups.files import BackupError
from discuss.backups.restoring import Restored, restore_backup
from discuss.backups.taking import take_backup

__all__ = ["BackupError", "Restored", "restore_backup", "take_backup"]

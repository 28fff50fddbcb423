"""What can go wrong with a backup; each message says what to do."""

from __future__ import annotations


class BackupError(Exception):
    """Base of these errors."""


class Unreadable(BackupError):
    """The file is damaged, cut off, or encrypted with a key that we do not have."""


class NotEmpty(BackupError):
    """There are data where the backup should go; nothing was touched."""

"""What can go wrong with personal data; each message says what to do."""

from __future__ import annotations


class PeopleError(Exception):
    """Base of these errors."""


class UnknownField(PeopleError):
    """The field does not stand in purposes.yml, so nobody may store it."""


class ConsentMissing(PeopleError):
    """The worker has not said yes to this purpose: ask him first."""


class PersonErased(PeopleError):
    """The person was deleted; what was sealed cannot be opened any more."""


class BadCatalogue(PeopleError):
    """purposes.yml says something that does not fit together."""

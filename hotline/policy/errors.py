"""What can go wrong with the policy base in the database; each message says what to do."""


class PolicyError(Exception):
    """The base of every error of this package."""


class WrongData(PolicyError):
    """The texts together do not load; nothing was changed. Begins with the path of the first wrong file."""


class UnknownRecord(PolicyError):
    """There is no such record or version."""


class NotAllowed(PolicyError):
    """The step does not fit the version's state, or the reviewer is its author."""

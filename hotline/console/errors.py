"""What the desk refuses, in words that the person at the desk can act on."""

from __future__ import annotations


class Refused(Exception):
    """Not done: the message says why and what to do instead."""

    status = 409


class NotAllowed(Refused):
    """His role or his desk does not cover it."""

    status = 403


class NotFromHere(Refused):
    """The request does not come from a page of ours that is still good."""

    status = 403


class NotThere(Refused):
    """There is no such thing, or none that he may know of."""

    status = 404


class LoginNeeded(Exception):
    """There is no session (any more): go to the login page."""


class EnrolmentNeeded(Exception):
    """The password was right, but the second factor is not set up yet."""

"""What can go wrong with a ticket; each message says what to do."""

from __future__ import annotations


class TicketError(Exception):
    """Base of all of them."""


class TicketNotFound(TicketError):
    pass


class TicketClosed(TicketError):
    pass


class TicketChanged(TicketError):
    """Somebody else changed the ticket meanwhile: load it again."""


class NotPossible(TicketError):
    """The act does not fit the ticket's state."""


class NotAllowed(TicketError):
    """The viewer may not do this."""


class NoWayToReply(TicketError):
    """The ticket has no conversation, so there is no channel to answer on."""


class ClosingIncomplete(TicketError):
    """Something that must be written before closing is missing."""


class NoSuchDesk(TicketError):
    pass

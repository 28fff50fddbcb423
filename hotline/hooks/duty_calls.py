"""A call to a duty phone that is a webhook: the road of the others, signed with this installation's own key for it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from hotline import people
from hotline.hooks.tables import HookDeliveryRow
from kit import clock


def queue(session: Session, delivery_id: str, url: str, body: dict[str, Any]) -> None:
    """In the transaction of the alarm's step; no personal data in `body`."""
    now = clock.now()
    said = json.dumps({"id": delivery_id, "at": now.isoformat(), **body}, ensure_ascii=False)
    sealed = people.seal_text(session, None, url)
    session.add(HookDeliveryRow(id=delivery_id, hook_id=None, url=sealed, body=said, next_at=now, at=now))

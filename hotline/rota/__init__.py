"""The duty rota."""

from hotline.rota.service import (
    OnDuty,
    Phone,
    RotaError,
    Shift,
    Span,
    covering,
    gaps,
    on_call,
    on_duty,
    phone,
    replace,
    set_phone,
    shifts,
    somebody_can_be_called,
    spans,
)

__all__ = [
    "OnDuty",
    "Phone",
    "RotaError",
    "Shift",
    "Span",
    "covering",
    "gaps",
    "on_call",
    "on_duty",
    "phone",
    "replace",
    "set_phone",
    "shifts",
    "somebody_can_be_called",
    "spans",
]

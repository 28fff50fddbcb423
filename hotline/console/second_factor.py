"""The second factor: six digits from an authenticator app (RFC 6238), each good once, and eight codes on paper.

The secret is sealed with a key of this installation that does not lie in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from hotline.console.errors import Refused
from hotline.console.tables import OperatorRow
from kit import clock
from kit.settings import derived_secret

ISSUER = "工友热线台"
STEP = 30
RECOVERY_CODES = 8
_RECOVERY_DIGITS = 10


def _box() -> Fernet:
    key = hashlib.sha256(derived_secret("totp").encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _secret(row: OperatorRow) -> str:
    try:
        return _box().decrypt(row.totp_secret.encode()).decode()
    except InvalidToken as error:
        raise Refused("动态码的密钥打不开：服务器换过密钥，请安全员重置你的动态码") from error


def prepare(row: OperatorRow) -> None:
    """A fresh secret for an account that has none in use yet."""
    if not row.totp_secret:
        row.totp_secret = _box().encrypt(pyotp.random_base32().encode()).decode()


def address(row: OperatorRow) -> str:
    """What the app reads from the picture."""
    return pyotp.TOTP(_secret(row)).provisioning_uri(name=row.login, issuer_name=ISSUER)


def by_hand(row: OperatorRow) -> str:
    """The same secret for those who type it, in groups of four."""
    plain = _secret(row)
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def picture(row: OperatorRow) -> bytes:
    made = io.BytesIO()
    segno.make(address(row), error="m").save(made, kind="png", scale=6, border=3)
    return made.getvalue()


def is_right(row: OperatorRow, code: str) -> bool:
    """The code of this half minute or of its neighbours, never one that was used before; else a paper code."""
    digits = "".join(character for character in code if character.isdigit())
    if len(digits) == _RECOVERY_DIGITS:
        return _use_recovery(row, digits)
    totp = pyotp.TOTP(_secret(row))
    now = int(clock.now().timestamp()) // STEP
    for step in (now, now - 1, now + 1):
        if step > row.totp_last_step and hmac.compare_digest(totp.generate_otp(step), digits):
            row.totp_last_step = step
            return True
    return False


def switch_on(row: OperatorRow, code: str) -> list[str]:
    """The first right code puts the second factor into use; the paper codes are shown this once."""
    if not is_right(row, code):
        raise Refused("动态码不对：看看手机时间准不准，等新的六位数出来再填一次")
    row.totp_since = clock.now()
    codes = [f"{secrets.randbelow(10**_RECOVERY_DIGITS):0{_RECOVERY_DIGITS}d}" for _ in range(RECOVERY_CODES)]
    row.recovery = [_hash(code) for code in codes]
    return [f"{code[:5]} {code[5:]}" for code in codes]


def reset(row: OperatorRow) -> None:
    """The phone is lost: the next login sets it up again."""
    row.totp_secret, row.totp_since, row.recovery = "", None, []


def _use_recovery(row: OperatorRow, digits: str) -> bool:
    used = _hash(digits)
    if used not in row.recovery:
        return False
    row.recovery = [kept for kept in row.recovery if kept != used]
    return True


def _hash(code: str) -> str:
    return hmac.new(derived_secret("recovery").encode(), code.encode(), hashlib.sha256).hexdigest()

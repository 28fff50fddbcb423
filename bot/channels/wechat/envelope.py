"""Is a webhook WeChat's, fresh, and what does it say: signatures, encryption, XML in and out.

The cipher is wechatpy's; comparing, freshness, the memory of used signatures and the XML are ours, because wechatpy
compares with !=, checks no time, remembers nothing and puts ]]> unescaped into its replies.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bot.channels.base import ChannelState, Forged, Unreadable, Webhook
from kit import clock

MAX_XML = 64 * 1024
FRESH = 300.0
REMEMBERED = 660.0  # longer than any signature is fresh
Fields = dict[str, str]


@dataclass(frozen=True)
class Keys:
    """The account's secrets; while the token is being changed there are two, the new one first."""

    app_id: str
    tokens: tuple[str, ...]
    aes_key: str
    plain_allowed: bool = False


class Envelope:
    def __init__(self, keys: Keys, state: ChannelState) -> None:
        self._keys = keys
        self._state = state

    def verify(self, hook: Webhook) -> None:
        if len(hook.body) > MAX_XML:
            raise Unreadable("more than WeChat ever sends")
        stamp, nonce = hook.query.get("timestamp", ""), hook.query.get("nonce", "")
        if not stamp.isdecimal() or abs(float(stamp[:12]) - clock.now().timestamp()) > FRESH:
            raise Forged("the timestamp is not of now")
        if hook.method == "GET":
            self._check(hook.query.get("signature", ""), stamp, nonce)
            return
        encrypted = _child(hook, "Encrypt")
        if encrypted:
            given = hook.query.get("msg_signature", "")
            self._check(given, stamp, nonce, encrypted)
        elif self._keys.plain_allowed:
            given = hook.query.get("signature", "")
            self._check(given, stamp, nonce)
        else:
            raise Forged("not encrypted: choose 安全模式 in the account's console")
        self._remember(given, stamp, nonce, hook.body)

    def _check(self, given: str, *signed: str) -> None:
        right = [hmac.compare_digest(given.encode(), sign(token, *signed).encode()) for token in self._keys.tokens]
        if not any(right):
            raise Forged("the signature is wrong: compare WECHAT_TOKEN with the account's console")

    def _remember(self, given: str, stamp: str, nonce: str, body: bytes) -> None:
        """A signature seen before may come again with the same body (WeChat repeats), never with another."""
        key = f"wechat:seen:{hashlib.sha256(f'{given}|{stamp}|{nonce}'.encode()).hexdigest()}"
        mine = {"body": hashlib.sha256(body).hexdigest()}
        if not self._state.put_new(key, mine, REMEMBERED) and self._state.get(key) != mine:
            raise Forged("another body under a signature that was used before")

    def open(self, hook: Webhook) -> Fields:
        """The message's fields; call after `verify`."""
        encrypted = _child(hook, "Encrypt")
        body = self._decrypted(encrypted) if encrypted else hook.body
        return {child.tag: (child.text or "").strip() for child in _parsed(body)}

    def _decrypted(self, encrypted: str) -> bytes:
        crypto = WeChatCrypto(self._keys.tokens[0], self._keys.aes_key, self._keys.app_id)
        try:
            text = PrpCrypto(crypto.key).decrypt(encrypted, self._keys.app_id)
        except Exception as error:  # wechatpy raises whatever its parts raise
            raise Forged("it cannot be decrypted: compare WECHAT_AES_KEY and WECHAT_APP_ID") from error
        return text if isinstance(text, bytes) else str(text).encode("utf-8", "replace")

    def sealed_reply(self, fields: Fields, text: str, *, encrypted: bool) -> str:
        """The passive reply to a message, in the mode in which the message came."""
        now = str(int(clock.now().timestamp()))
        xml = (
            f"<xml><ToUserName>{_cdata(fields['FromUserName'])}</ToUserName>"
            f"<FromUserName>{_cdata(fields['ToUserName'])}</FromUserName><CreateTime>{now}</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content>{_cdata(text)}</Content></xml>"
        )
        if not encrypted:
            return xml
        crypto = WeChatCrypto(self._keys.tokens[0], self._keys.aes_key, self._keys.app_id)
        return str(crypto.encrypt_message(xml, secrets.token_hex(8), now))


def sign(*parts: str) -> str:
    """WeChat's signature: SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324


def is_encrypted(hook: Webhook) -> bool:
    return bool(_child(hook, "Encrypt"))


def _cdata(text: str) -> str:
    """A CDATA section that its own content cannot end, without the characters that XML does not know."""
    kept = "".join(
        c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
    return f"<![CDATA[{kept.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _parsed(body: bytes) -> Element:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise Unreadable(f"no XML of WeChat's: {type(error).__name__}") from error
    return root


def _child(hook: Webhook, name: str) -> str:
    return (_parsed(hook.body).findtext(name) or "").strip()

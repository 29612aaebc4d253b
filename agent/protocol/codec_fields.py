"""JSON from a peer, read without trust: every member is asked for by name and type.

A message that is not JSON, lacks a member or holds a wrong type becomes a MessageError with a
return code of the device; no other exception leaves the codec, whatever the bytes are.
Sources: docs/sources.md, entry return-codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from enum import IntEnum
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from agent.core.errors import AgentError
from agent.core.identity import Udi
from agent.protocol.messages import Section

MAX_BODY = 20 * 1024 * 1024  # bytes; a larger message is refused. source: envelope
LARGEST = (1 << 63) - 1
T = TypeVar("T")


class ReturnCode(IntEnum):
    """The return codes of the device that reading and checking messages can end in."""

    BAD_INPUT = 6
    NOT_SUPPORTED = 10
    PARSE = 17
    BUILD = 18
    UNSUPPORTED_RESPONSE = 23
    INVALID_RESPONSE = 24
    NONCE_MISMATCH = 30
    MISSING_FIELD = 36
    RESPONSE_FAILED = 37
    BAD_SIGNATURE = 45
    BASE64 = 103
    VERSION_MISMATCH = 127


class MessageError(AgentError):
    """A message or file that cannot be used: the device's return code and why."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = int(code), reason
        super().__init__(code, reason)

    def __str__(self) -> str:
        return f"{self.reason} (code {self.code})"


class Fields:
    """The members of one JSON object, read by name and type."""

    __slots__ = ("raw", "where")

    def __init__(self, raw: object, where: str) -> None:
        if not isinstance(raw, dict):
            raise MessageError(ReturnCode.PARSE, f"{where} is not an object")
        self.raw: dict[str, Any] = raw
        self.where = where

    def text(self, name: str, default: str | None = None) -> str:
        """A string member; null or absent gives the default where there is one."""
        value = self.raw.get(name)
        if value is None:
            value = self._member(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        if not value.isascii():
            encoded(value, f"{self.where}.{name}")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """An integer member within 64 bits."""
        value = self._member(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
            raise self._wrong(name, "an integer")
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        value = self._member(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def fields(self, name: str) -> Fields:
        """A member that is an object."""
        return Fields(self._member(name, None), f"{self.where}.{name}")

    def optional_fields(self, name: str) -> Fields | None:
        return None if self.raw.get(name) is None else self.fields(name)

    def items(self, name: str, *, required: bool = True) -> list[Any]:
        """A member that is an array; an optional one may be absent or null."""
        value = self._member(name, None if required else [])
        if not isinstance(value, list):
            raise self._wrong(name, "an array")
        return value

    def objects(self, name: str, *, required: bool = True) -> list[Fields]:
        """An array of objects."""
        where = f"{self.where}.{name}"
        return [Fields(item, where) for item in self.items(name, required=required)]

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """An array of strings."""
        found = self.items(name, required=required)
        for item in found:
            if not isinstance(item, str):
                raise self._wrong(name, "an array of texts")
            encoded(item, f"{self.where}.{name}")
        return tuple(found)

    def number_text(self, name: str) -> str:
        """A decimal number given as text or as a bare integer, e.g. a poll id; as text."""
        value = self.raw.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(self.integer(name))
        return self.text(name)

    def udi(self, name: str = "sudi") -> Udi:
        found = self.fields(name)
        return Udi(found.text("udi_pid"), found.text("udi_serial_number"))

    def _member(self, name: str, default: object) -> object:
        value = self.raw.get(name)
        if value is not None:
            return value
        if default is None:
            raise MessageError(ReturnCode.MISSING_FIELD, f"{self.where}.{name} is missing")
        return default

    def _wrong(self, name: str, wanted: str) -> MessageError:
        return MessageError(ReturnCode.PARSE, f"{self.where}.{name} is not {wanted}")


def sudi(udi: Udi) -> dict[str, str]:
    """A UDI as messages carry it."""
    return {"udi_pid": udi.pid, "udi_serial_number": udi.sn}


def compact(value: Mapping[str, Any] | list[Any]) -> str:
    """Compact JSON in ASCII, members in the order given."""
    try:
        text = msgspec.json.encode(value)
    except (ValueError, OverflowError):  # half a surrogate pair, a number beyond 64 bits
        return _ENCODER.encode(value)
    # everything but printable ASCII is written as its escape, which only the slow encoder does
    return text.decode() if text.isascii() and _DELETE not in text else _ENCODER.encode(value)


def parse(text: str, where: str) -> Any:
    """The value of a JSON text. Raises MessageError when it is none."""
    with suppress(ValueError, RecursionError):
        return msgspec.json.decode(text)
    try:  # the slow decoder knows half of a surrogate pair, and says what is wrong
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise MessageError(ReturnCode.PARSE, f"{where} is not JSON: {_brief(error)}") from None


def parse_object(text: str, where: str) -> Fields:
    """A JSON text that is an object."""
    return Fields(parse(text, where), where)


def decoded(body: bytes, where: str) -> str:
    """The text of a body of UTF-8, at most MAX_BODY bytes."""
    if len(body) > MAX_BODY:
        raise MessageError(ReturnCode.PARSE, f"{where} is larger than {MAX_BODY} bytes")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise MessageError(ReturnCode.PARSE, f"{where} is not UTF-8") from None


def signed_section(data: T, text: str, signature: str) -> Section[T]:
    """A section as it was read: `text` is what `signature` covers."""
    return Section(data, text, signature, sha256(encoded(text, "section")).hexdigest())


def encoded(text: str, where: str) -> bytes:
    """The UTF-8 bytes of a text; a text with half a surrogate pair has none."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise MessageError(ReturnCode.PARSE, f"{where} is not Unicode text") from None


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not a JSON number")


_DELETE = b"\x7f"
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _brief(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]

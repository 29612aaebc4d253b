"""What the Smart Agent wants done: imperatives, carried out by the device in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from agent.engine.config import Transport
from agent.engine.events import Failure
from agent.protocol.messages import Request


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes. The first URL whose host resolves is taken; discovery names several.

    `source` is the address it leaves from, `proxy_user` name and password for the proxy. With
    `blocked` the device itself cannot send: the attempt fails so at once.
    """

    transport: Transport
    urls: tuple[str, ...]
    proxy: str | None = None
    vrf: str | None = None
    server_identity_check: bool = True
    source: str | None = None
    proxy_user: tuple[str, str] | None = None
    blocked: Failure | None = None


class Send(msgspec.Struct, frozen=True, gc=False):
    """Send a request; exactly one ReplyReceived or SendFailed with this id comes back.

    `signing_key` is the private scalar (hex) that signs the envelope once trust is installed,
    empty before: then the envelope carries the built-in hash of the software tag. `anchors` are
    the roots (base64 DER) to which the certificate of a server reached by TLS must lead.
    """

    request_id: int
    route: Route
    message: Request
    signing_key: str = ""
    anchors: tuple[str, ...] = ()


class Log(msgspec.Struct, frozen=True, gc=False):
    """Write a system message of sysmsg.toml, its fields filled."""

    mnemonic: str
    fields: Mapping[str, str] = {}


class Notify(msgspec.Struct, frozen=True, gc=False):
    """Tell management clients (NETCONF subscribers, a later issue)."""

    name: str
    fields: Mapping[str, str] = {}


class Answer(msgspec.Struct, frozen=True, gc=False):
    """Text for the command that caused the event, e.g. `Import Data Successful`."""

    text: str


class WriteFile(msgspec.Struct, frozen=True, gc=False):
    """Write a text file of the device; what cannot be written is the device's sentence."""

    path: str
    data: str


Action = Send | Log | Notify | Answer | WriteFile

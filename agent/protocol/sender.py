"""What every request says of its sender, whichever licensing model it belongs to."""

from __future__ import annotations

import msgspec

from agent.core.identity import Udi


class Sender(msgspec.Struct, frozen=True, gc=False):
    """A product instance as it introduces itself."""

    udi: Udi
    software_tag: str
    hostname: str
    agent_version: str
    product_instance_identifier: str = ""
    trust_id: str = ""

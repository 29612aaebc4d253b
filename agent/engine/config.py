"""The licensing part of a configuration, typed: what the agent needs to know of it.

`Device.commit` projects the datastore onto this value; the agent never sees the datastore.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Transport(StrEnum):
    """`license smart transport`; the value is the word typed."""

    CSLU = "cslu"
    SMART = "smart"
    CALLHOME = "callhome"
    AUTOMATIC = "automatic"
    OFF = "off"


class CallHome(msgspec.Struct, frozen=True, gc=False):
    """The Call Home service as licensing uses it: the profile that carries its messages."""

    enabled: bool = True  # `service call-home`
    profile: str = "CiscoTAC-1"
    active: bool = True
    reporting: bool = True  # `reporting smart-licensing-data`
    url: str | None = None
    proxy: str | None = None  # `http-proxy`, as host:port


class WayOut(msgspec.Struct, frozen=True, gc=False):
    """Where requests leave the device: `stranded` when the VRF or interface named has no way."""

    source_interface: str | None = None
    source_address: str | None = None
    stranded: bool = False


class LicenseConfig(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """Settings of `license smart ...` and the few others that licensing reads.

    `usage_interval_days` None means not configured. Addresses and names are as typed.
    """

    transport: Transport = Transport.CSLU
    url_cslu: str | None = None
    url_smart: str | None = None
    usage_interval_days: int | None = None
    proxy_address: str | None = None
    proxy_port: int | None = None
    proxy_username: str | None = None
    proxy_password: str | None = None
    vrf: str | None = None
    custom_id: str | None = None
    customer_tags: tuple[tuple[str, str], ...] = ()
    utility: bool = False
    customer_info: tuple[tuple[str, str], ...] = ()  # (name, value) in the order printed
    hostname_privacy: bool = False
    version_privacy: bool = False
    server_identity_check: bool = True
    reservation: bool = False  # `license smart reservation`: shown, without effect
    hostname: str = "Switch"
    domain_name: str | None = None
    callhome: CallHome = CallHome()
    way_out: WayOut = WayOut()
    service_down: bool = False  # of a CUCM: the service that runs the agent does not run
    zone_minutes: int = 0  # `clock timezone`: how far its standard time is ahead of UTC

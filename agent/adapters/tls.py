"""TLS as a device speaks it: its roots alone are believed, and its own calendar says what is valid.

OpenSSL compares a certificate's dates with the clock of this host, which is not the device's; so it
leaves them out, and the end of the handshake compares them with the device's calendar. Nothing is
sent over a connection that this refuses.
Source: docs/sources.md, entry tls-check.
"""

from __future__ import annotations

import base64
import ssl
from typing import Any

from agent.core.clock import SECOND, Instant

_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME, for which ssl has no name


class DatedContext(ssl.SSLContext):
    """A client's context for the connections that a device opens at one instant of its calendar."""

    calendar: Instant = 0


class _DatedObject(ssl.SSLObject):
    """Ends the handshake with a look at the dates of the server's certificate."""

    def do_handshake(self) -> None:
        super().do_handshake()
        context = self.context
        if not isinstance(context, DatedContext):
            return
        shown: Any = self.getpeercert() or {}
        present = context.calendar // SECOND
        if present < ssl.cert_time_to_seconds(shown["notBefore"]):
            raise ssl.SSLCertVerificationError("certificate is not yet valid")
        if present > ssl.cert_time_to_seconds(shown["notAfter"]):
            raise ssl.SSLCertVerificationError("certificate has expired")


def client_tls(anchors: tuple[str, ...], identity_check: bool, calendar: Instant) -> ssl.SSLContext:
    """TLS as a device with these roots (base64 DER) speaks it when its calendar shows `calendar`.

    The name in the URL must be the certificate's, unless the identity check is off.
    """
    context = DatedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslobject_class = _DatedObject
    context.calendar = calendar
    context.check_hostname = identity_check
    context.verify_flags |= _NO_CHECK_TIME
    for anchor in anchors:
        context.load_verify_locations(cadata=base64.b64decode(anchor))
    return context

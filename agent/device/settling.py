"""A licensing state put on a device at once: for who knows the state and not its history.

`settle` puts a Standing on a device as one input, so a journal has it and the agent lives on from
there: reports are pushed and acknowledgements asked for when its dates say. What configuration,
platform and units say stays theirs; commands set those. shown.py reads a Standing from outputs.

    device = new_device("sw1", "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1")
    device.boot(now)
    settle(device, Standing(account=Account("SA", "VA", now)), now)
"""

from __future__ import annotations

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.device.device import Device
from agent.device.inputs import Settled
from agent.device.standing import JOBS, Standing
from agent.protocol.messages import LicenseClass


def settle(device: Device, standing: Standing, now: Instant) -> None:
    """Put the device's licensing where it stands. The device must be up.

    Raises InputError, with nothing changed, for what this device cannot hold: codes of a unit it
    does not have, licences its platform does not know, a policy that lacks a class of licences,
    what is to have happened later than `now`.
    """
    check(device, standing, now)
    device.take(Settled(standing), now)


def check(device: Device, standing: Standing, now: Instant) -> None:
    """Can the device hold it? Raises InputError as `settle` does."""
    if device.profile.licensing_on(device.release) != "policy":
        raise InputError(f"{device.name} does not license by policy: it has no standing")
    units = [member.udi.short for member in device.agent.state.members]
    for unit in (*standing.trust, *standing.pending_trust, *standing.authorizations):
        if unit not in units:
            raise InputError(f"{unit} is no unit of {device.name}", allowed=", ".join(units))
    tags = [use.entitlement_tag for use in standing.usage]
    tags += [report.entitlement_tag for report in standing.reports]
    for tag in tags:
        if device.profile.entitlement(tag) is None:
            raise InputError(f"{device.model} has no licence {tag}")
    if standing.policy is not None and set(standing.policy.classes) != set(LicenseClass):
        raise InputError(
            f"policy {standing.policy.name!r} lacks a class of licences",
            allowed=", ".join(LicenseClass),
        )
    for name in standing.jobs:
        if name not in JOBS:
            raise InputError(f"{name} is no job", allowed=", ".join(JOBS))
    reporting = standing.reporting
    past = {
        "the last ACK": reporting.last_ack_received,
        "the last push": reporting.last_report_push,
        "the policy's installation": standing.policy.installed if standing.policy else None,
        **{f"trust of {unit}": code.installed for unit, code in standing.trust.items()},
    }
    for what, when in past.items():
        if when is not None and when > now:
            raise InputError(f"{what} is later than the present")

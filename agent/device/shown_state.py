"""What `show license ...` says of account, policy, reporting, trust and codes. See shown.py.

Each function takes the text and what the device has now, which stays where the text is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Account, Udi
from agent.device.printed import Printed, word_of
from agent.engine.policy import default_policy
from agent.engine.records import (
    AuthorizationCode,
    Cell,
    Conversion,
    ConversionStatus,
    Exchange,
    PendingTrust,
    Policy,
    ReportingRule,
    Source,
    TrustCode,
    TrustWanted,
)
from agent.engine.state import AgentState, UsageReporting
from agent.profiles.profile import Profile
from agent.protocol.messages import AuthorizationData, AuthorizedLicence, LicenseClass

_CELL = re.compile(r"\(days\): (\d+) \(([^()]+)\)")
_NODE = re.compile(r"^ *(?:Active|Standby|Member): *PID:(\S+?),SN:(\S+)", re.MULTILINE)
_CODE = re.compile(r"^ *(?:Reservation s|S)tatus: (\S.*) INSTALLED on (.*)", re.MULTILINE)


def account(printed: Printed, before: Account | None) -> Account | None:
    """`Smart Account: NAME As of DATE` and `Virtual Account: NAME`."""
    smart = printed.value("Smart Account")
    if smart is None:
        return before
    name, _, date = smart.rpartition(" As of ")
    if not name:
        return None
    return Account(name, printed.value("Virtual Account") or "", printed.instant(date))


def policy(printed: Printed, before: Policy) -> Policy:
    """The policy in use: twelve cells, each with the source it names."""
    in_use = printed.value("Policy in use")
    if in_use is None:
        return before
    ack = re.match(r"(yes|no) \((.*)\)", printed.value("Reporting ACK required") or "")
    cells = [
        Cell(int(days), word_of(Source, source)) for days, source in _CELL.findall(printed.text)
    ]
    if ack is None or len(cells) < 3 * len(LicenseClass):
        raise InputError("the policy is not whole", allowed="a row for each class of licences")
    rules = {
        group: ReportingRule(*cells[3 * row : 3 * row + 3])
        for row, group in enumerate(LicenseClass)
    }
    required, source = ack[1] == "yes", word_of(Source, ack[2])
    if in_use.startswith("Installed On "):
        name, installed = printed.value("Policy name") or "", in_use.removeprefix("Installed On ")
        return Policy(required, source, rules, name, printed.instant(installed))
    return replace(default_policy(), ack_required=required, ack_source=source, classes=rules)


def reporting(printed: Printed, before: UsageReporting) -> UsageReporting:
    """The block `Usage Reporting:`; what tech support adds to it follows from the last ACK else."""
    if printed.value("Next ACK deadline") is None:
        return before
    last = printed.when("Last ACK received")
    detail = re.search(r"State\((\d+)\) InPolicy\((\d+)\)", printed.text)
    owed, ongoing = 2, 4
    return UsageReporting(
        last_ack_received=last,
        next_ack_deadline=printed.when("Next ACK deadline"),
        reporting_push_interval_days=printed.number("Reporting push interval"),
        next_ack_push_check=printed.when("Next ACK push check"),
        next_report_push=printed.when("Next report push"),
        last_report_push=printed.when("Last report push"),
        last_report_file_write=printed.when("Last report file write"),
        state=int(detail[1]) if detail else owed if last is None else ongoing,
        in_policy_days=int(detail[2]) if detail else before.in_policy_days,
    )


# --- trust ----------------------------------------------------------------------------------


def trust(printed: Printed, state: AgentState, now: Instant) -> dict[str, TrustCode]:
    """The codes of all units: from the block on trust, their numbers from tech support."""
    installed = dict(_installed(printed, state.udi))
    numbers = dict(
        re.findall(
            r"(P:\S+,S:[^\s,]+), state\[2\], Trust Data INSTALLED(?: +TrustId:(\d+))?", printed.text
        )
    )
    if not installed and not numbers and printed.value("Trust Code Installed") is None:
        return dict(state.trust)
    sure = _established(printed) or now  # where no date is told: agent 5.1 prints none
    units = {member.udi.short: member.udi for member in state.members}
    for unit, number in numbers.items():
        udi = units.get(unit) or _udi(unit)
        code = installed.get(unit) or TrustCode(udi, sure, 1, "", "", "", 0, 0)
        installed[unit] = replace(code, trust_id=int(number)) if number else code
    return installed


def trust_asked_for(
    printed: Printed, state: AgentState, now: Instant
) -> tuple[Mapping[str, PendingTrust], TrustWanted | None]:
    """The units whose trust has been asked for, and that it is tried again. No output has a token:
    what goes out again has none, nor the key of the request before."""
    if printed.value("Overall Trust") is None:
        return state.pending_trust, state.trust_wanted
    asked = re.findall(r"(P:\S+,S:[^\s,]+), state\[1\], NOT INSTALLED", printed.text)
    pending = {unit: PendingTrust(_udi(unit), "", "", now) for unit in asked}
    wanted = TrustWanted("", tuple(one.udi for one in pending.values())) if pending else None
    return pending, wanted


def _udi(short: str) -> Udi:
    pid, _, sn = short.removeprefix("P:").partition(",S:")
    return Udi(pid, sn)


def _established(printed: Printed) -> Instant | None:
    part = printed.part(f"{Exchange.TRUST_ESTABLISHMENT.value}:")
    return part.when("Last Success Time") if part else None


def _installed(printed: Printed, own: Udi) -> Iterator[tuple[str, TrustCode]]:
    """Unit and code: one date for a unit alone, a list of a set, and in that of agent 6.3 more."""
    ends = r"\n *(?:License Usage|Device Telemetry|Telemetry|Product|Other Info)\b"
    part = printed.part("Trust Code Installed:", ends)
    if part is None:
        return
    alone = part.value("Trust Code Installed")
    if alone and "Type:" not in alone:
        yield own.short, _code(own, part, alone)
    for udi, said in units_of(part):
        found = re.search(r"^ *INSTALLED on (.*?)(?:    .*)?$", said.text, re.MULTILINE)
        if found:
            yield udi.short, _code(udi, said, found[1])


def _code(udi: Udi, said: Printed, installed: str) -> TrustCode:
    valid = re.search(r"Valid on (.*)", said.text)
    until = re.search(r"Expired on (.*)", said.text)
    kind = said.value("Trust Code Type")
    return TrustCode(
        udi,
        said.instant(installed),
        1,
        "",
        "",
        "",
        said.instant(valid[1]) if valid else 0,
        max(0, said.instant(until[1])) if until else 0,
        kind or "CSSM",
    )


def units_of(part: Printed) -> Iterator[tuple[Udi, Printed]]:
    """Each unit of a list, and what stands below its name."""
    found = list(_NODE.finditer(part.text))
    ends = (*(unit.start() for unit in found[1:]), len(part.text))
    for unit, end in zip(found, ends, strict=False):
        yield Udi(unit[1], unit[2]), replace(part, text=part.text[unit.end() : end])


# --- authorization --------------------------------------------------------------------------


def authorizations(
    printed: Printed,
    profile: Profile,
    state: AgentState,
    allowed: tuple[AuthorizedLicence, ...],
    now: Instant,
) -> dict[str, AuthorizationCode]:
    """The codes below `Overall status:`, with the licences that `Authorizations:` lists.

    Where either is not told, `allowed` are licences that a code must stand for.
    """
    part = _overall(printed)
    if part is None and allowed:
        data = AuthorizationData(state.udi, "A", "", "", allowed, "shown")
        return {state.udi.short: AuthorizationCode(data, now)}
    if part is None:
        return dict(state.authorizations)
    listed = printed.part("Authorizations:", r"\n *\n") or printed.part(
        "Specified license reservations:", r"\n *\n"
    )
    codes = {}
    for udi, said in units_of(part):
        found = _CODE.search(said.text)
        if found is None:
            continue
        licences = tuple(_authorized(listed, udi, profile)) if listed else allowed
        data = AuthorizationData(udi, "A", "", "", licences, "shown")
        codes[udi.short] = AuthorizationCode(
            data,
            said.instant(found[2]),
            said.value("Last Confirmation code") or "",
            found[1],
        )
    return codes


def return_codes(printed: Printed, before: Mapping[str, str]) -> Mapping[str, str]:
    """The last return code of each unit below `Overall status:`."""
    part = _overall(printed)
    if part is None:
        return before
    said = {udi.short: unit.value("Last return code") for udi, unit in units_of(part)}
    return {unit: code for unit, code in said.items() if code}


def conversion(printed: Printed, before: Conversion) -> Conversion:
    """The block `License Conversion:`; only routers of 17.18 tell its status."""
    part = printed.part("License Conversion:", r"\n *\n")
    if part is None or part.value("Last Data Push") is None:
        return before
    status = part.value("Status")
    return Conversion(
        word_of(ConversionStatus, status) if status else before.status,
        part.when("Last Data Push"),
        part.when("Last File Export"),
    )


def _overall(printed: Printed) -> Printed | None:
    return printed.part(
        "Overall status:", r"\n *\n|\n *(?:Authorizations|Purchased Licenses|Specified):"
    )


def _authorized(listed: Printed, udi: Udi, profile: Profile) -> Iterator[AuthorizedLicence]:
    """The licences of a unit. Raises InputError for one that the platform does not know."""
    rows = re.split(r"^  (?=\S.*\(.*\):$)", listed.text, flags=re.MULTILINE)[1:]
    for row in rows:
        display = row[row.index("(") + 1 : row.index("):\n")]
        known = [one for group in profile.entitlements.values() for one in group]
        known += [one.entitlement for one in profile.enforced]
        tag = next((one.tag for one in known if one.display == display), None)
        if tag is None:
            raise InputError(f"{profile.family} has no licence {display}")
        for unit, terms in units_of(replace(listed, text=row)):
            if unit == udi:
                kind = terms.value("License type") or "PERPETUAL"
                what = replace(listed, text=row).value("Description") or ""
                yield AuthorizedLicence(tag, terms.number("Term Count"), kind, display, what)

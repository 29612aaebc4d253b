"""How CSSM judges what a device reports, and the ACK it writes about it.

A report is checked for its signature, its UDI, its tag and its times, then by (UDI, report id):
new is ACK, the same text again DUPLICATE, another text under a known id CONFLICT. A trust request
gets a trust code; the same request again gets the same code.
Sources: docs/sources.md, entries cssm-checks, report-idempotency, trust-downgrade.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from agent.core.chance import Chance
from agent.core.clock import DAY, HOUR, MINUTE, Instant
from agent.core.identity import Udi
from agent.protocol import signing
from agent.protocol.codec import (
    MessageError,
    ack_section,
    payload_content,
    policy_section,
    report_signature_fits,
    trust_requests_text,
    trust_section,
    write_licence_file,
)
from agent.protocol.codec_reports import BUILTIN, TRUST
from agent.protocol.messages import (
    TELEMETRY,
    AckData,
    AckedReport,
    AckStatus,
    PolicyData,
    ReportContent,
    Sender,
    SignedReport,
    TelemetryReport,
    TrustData,
    TrustEstablishment,
    TrustRequest,
    TrustSync,
    UsageReport,
)
from counterparts.account import SmartAccount, Telling
from counterparts.pki import Authority, device_certificate
from counterparts.repository import CssmRecords, IssuedTrust, ProductInstance, Usage

FIRST_TRUST_ID = 1001
CLOCK_TOLERANCE = HOUR  # source: clock-tolerance
VALID_BEFORE = 5 * MINUTE  # source: trust-display (a code is valid from 5 minutes before)
NOT_OF_THE_SENDER = "the UDI of the signature and of the report differ"
_MAX_TRUST_ID = (1 << 31) - 1


class Judge:
    """Judges one device's upload at a time; called inside a transaction of `records`."""

    def __init__(
        self, records: CssmRecords, authority: Authority, account: SmartAccount, seed: str
    ) -> None:
        self._records = records
        self._authority = authority
        self._telling = Telling(account, records, authority)
        self._seed = seed
        self.trust_days = 0  # how long the codes issued from now on last; 0 for ever

    def acknowledge(
        self,
        entry: UsageReport,
        policy: PolicyData,
        known_tags: frozenset[str],
        poll_id: int,
        now: Instant,
        authorizations: Sequence[str] = (),
    ) -> str:
        """Keep what the device reports and return its ACK file, dated `now`.

        `authorizations` are sections that go along; without reports there is no ACK section.
        """
        instance = self._met(entry.sender, now)
        verdicts = []
        units = units_with(entry.sender.udi, _readable(entry.usage))
        for report in entry.usage:
            verdict, instance = self._verdict(report, instance, units, known_tags, now)
            verdicts.append(verdict)
        codes = self._trust_codes(entry.trust_requests, entry.trust_signature, instance, now)
        if codes:
            instance = replace(instance, trust_proved=None)
        self._records.save_instance(replace(instance, alert=_alert(verdicts), alert_time=now))
        sign = self._authority.sign
        ack = AckData(
            udi=instance.udi,
            software_tag=instance.software_tag,
            product_instance_identifier=instance.product_instance_identifier,
            ack_time=now,
            request_nonce=entry.nonce,
            reports=tuple(verdicts),
        )
        sections = [trust_section(codes, sign)] if codes else []
        sections += [*authorizations, policy_section(policy, sign)]
        acked = bool(verdicts) or not authorizations
        sections += [ack_section([ack], sign)] if acked else []
        sections.append(self._telling.section(now, dated=acked or bool(codes)))
        return write_licence_file(sections, self._correlation_id(poll_id))

    def establish(
        self, asked: TrustEstablishment, policy: PolicyData, number: int, now: Instant
    ) -> str | None:
        """Trust codes, policy and account for a token's trust request; None without its proof."""
        return self._trust_file(asked, number, now, policy)

    def synchronise(self, asked: TrustSync, number: int, now: Instant) -> str | None:
        """The account, and codes for units that have none; None when their proof is wrong."""
        return self._trust_file(asked, number, now, None)

    def manufactured(
        self, sender: Sender, asked: Sequence[TrustRequest], proof: str, number: int, now: Instant
    ) -> str | None:
        """Trust codes alone, as a factory installs them; None when their proof is wrong."""
        instance = self._met(sender, now)
        codes = self._trust_codes(asked, proof, instance, now)
        if not codes:
            return None
        self._records.save_instance(instance)
        section = trust_section(codes, self._authority.sign)
        return write_licence_file([section], self._correlation_id(number))

    def _trust_file(
        self,
        asked: TrustEstablishment | TrustSync,
        number: int,
        now: Instant,
        policy: PolicyData | None,
    ) -> str | None:
        instance = self._met(asked.sender, now)
        codes = self._trust_codes(asked.trust_requests, asked.trust_signature, instance, now)
        if len(codes) != len(asked.trust_requests):
            return None
        if codes:
            instance = replace(
                instance, trust_proved=None, alert="Trust established", alert_time=now
            )
        self._records.save_instance(instance)
        sign = self._authority.sign
        sections = [trust_section(codes, sign)] if codes else []
        sections += [policy_section(policy, sign)] if policy is not None else []
        sections.append(self._telling.section(now, dated=bool(codes)))
        return write_licence_file(sections, self._correlation_id(number))

    def _met(self, sender: Sender, now: Instant) -> ProductInstance:
        """The row of the sender, made at its first contact."""
        known = self._records.instance(sender.udi)
        if known is not None:
            return replace(
                known,
                hostname=sender.hostname or known.hostname,
                software_tag=sender.software_tag or known.software_tag,
                last_contact=now,
            )
        return ProductInstance(
            udi=sender.udi,
            hostname=sender.hostname,
            software_tag=sender.software_tag,
            product_instance_identifier=self.identifier(sender.udi),
            first_contact=now,
            last_contact=now,
        )

    def identifier(self, udi: Udi) -> str:
        """A unit that got its code as part of a set goes on under the identifier of the set."""
        kept = self._records.setting(f"piid {udi}")
        return kept or Chance(f"{self._seed}|{udi}").uuid()

    def is_telemetry_of(self, asked: TelemetryReport) -> bool:
        """Are these reports of the metric TELEMETRY alone, the sender's own, and unchanged?"""
        try:
            found = [(report, payload_content(report.payload)) for report in asked.usage]
        except MessageError:
            return False
        units = units_with(asked.sender.udi, (content for _, content in found))
        return all(
            content.udi in units
            and report_signature_fits(report, self._id_cert(report))
            and all(line.metric == TELEMETRY for line in content.measurements)
            for report, content in found
        )

    # --- reports --------------------------------------------------------------------------------

    def _verdict(
        self,
        report: SignedReport,
        instance: ProductInstance,
        units: frozenset[Udi],
        known_tags: frozenset[str],
        now: Instant,
    ) -> tuple[AckedReport, ProductInstance]:
        """What becomes of one report, and the instance's row after it."""
        sha = hashlib.sha256(report.payload.encode()).hexdigest()
        try:
            content = payload_content(report.payload)
        except MessageError as error:
            return AckedReport(0, sha, AckStatus.REJECTED, error.reason), instance
        if content.udi not in units:
            reason: str | None = NOT_OF_THE_SENDER
        else:
            reason = self._fault(report, content, instance, known_tags, now)
        if reason:
            return AckedReport(content.report_id, sha, AckStatus.REJECTED, reason), instance
        known = self._records.usage(content.udi, content.report_id)
        if known is not None:
            same = known.payload_sha256 == sha
            status = AckStatus.DUPLICATE if same else AckStatus.CONFLICT
            reason = None if same else "another report was acknowledged under this id"
            return AckedReport(content.report_id, sha, status, reason), instance
        usage = _usage(report, content, sha, now)
        self._records.add_usage(usage)
        if report.signing_type == TRUST:
            proved = min(usage.end, instance.trust_proved or usage.end)
            instance = replace(instance, trust_proved=proved)
            known_first = self._first_trusted(instance.udi)
            if not known_first or content.report_id < known_first:
                name = f"trusted from {instance.udi}"
                self._records.set_setting(name, str(content.report_id))
        return AckedReport(content.report_id, sha, AckStatus.ACK), instance

    def _fault(
        self,
        report: SignedReport,
        content: ReportContent,
        instance: ProductInstance,
        known_tags: frozenset[str],
        now: Instant,
    ) -> str | None:
        """Why a report cannot be taken, or None."""
        if report.udi != content.udi:
            return NOT_OF_THE_SENDER
        if not report_signature_fits(report, self._id_cert(report)):
            return "the signature does not fit"
        if not content.entitlement_tag:
            return "the report is not about a licence"
        if known_tags and content.entitlement_tag not in known_tags:
            return "the entitlement tag is not known"
        if not content.measurements or not _plausible(content, now):
            return "the times of the report are not plausible"
        if _downgraded(report, content, instance, self._first_trusted(instance.udi)):
            return "a report made after the trust code was in use must be signed with it"
        return None

    def _first_trusted(self, udi: Udi) -> int:
        """The lowest id of a report that the instance signed with a trust code; 0 without one."""
        return int(self._records.setting(f"trusted from {udi}") or 0)

    def _id_cert(self, report: SignedReport) -> str | None:
        """The certificate a trust-signed report names, if it was issued to its UDI."""
        digits = report.key if report.signing_type == TRUST else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) < 11):
            return None
        issued = self._records.trust(report.udi, int(digits))
        return issued.id_cert if issued else None

    # --- trust codes ------------------------------------------------------------------------------

    def _trust_codes(
        self, asked: Sequence[TrustRequest], proof: str, instance: ProductInstance, now: Instant
    ) -> list[TrustData]:
        """A code for each request whose key its sender holds; none when the proof is wrong."""
        if proof:
            text = trust_requests_text(asked).encode()
            if not asked or not signing.verify_csr(asked[0].csr, text, proof):
                return []
        codes = (self._trust_code(request, instance, now) for request in asked)
        return [code for code in codes if code is not None]

    def _trust_code(
        self, asked: TrustRequest, instance: ProductInstance, now: Instant
    ) -> TrustData | None:
        issued = self._records.trust_for(asked.udi, asked.nonce)
        if issued is None or issued.csr != asked.csr or issued.valid_from > now:
            issued = self._issue(asked, instance.product_instance_identifier, now)
        if issued is None:
            return None
        if asked.udi != instance.udi:
            name = f"piid {asked.udi}"
            self._records.set_setting(name, instance.product_instance_identifier)
        return TrustData(
            udi=asked.udi,
            software_tag=asked.software_tag,
            product_instance_identifier=instance.product_instance_identifier,
            trust_id=issued.trust_id,
            request_nonce=asked.nonce,
            valid_from=issued.valid_from,
            valid_to=issued.valid_to,
            id_cert=issued.id_cert,
            signing_chain=(self._authority.signer_cert,),
        )

    def _issue(self, asked: TrustRequest, identifier: str, now: Instant) -> IssuedTrust | None:
        key = signing.csr_key(asked.csr)
        if key is None:
            return None
        trust_id = self._records.take_number("trust", FIRST_TRUST_ID)
        valid_from = now - VALID_BEFORE
        # a device whose clock is behind, but within the tolerance, must find it valid
        since = valid_from - CLOCK_TOLERANCE
        certificate = device_certificate(
            self._authority, asked.udi, key, trust_id, identifier, since
        )
        issued = IssuedTrust(
            trust_id,
            asked.udi,
            asked.nonce,
            asked.csr,
            certificate,
            valid_from,
            self._end(valid_from),
        )
        self._records.add_trust(issued)
        return issued

    def _end(self, valid_from: Instant) -> Instant:
        return valid_from + self.trust_days * DAY if self.trust_days else 0

    def _correlation_id(self, poll_id: int) -> str:
        digest = Chance(f"{self._seed}|{poll_id}").digest("correlation").hex()
        return f"{digest[:32]}-{digest[32:48]}"


def _readable(reports: Sequence[SignedReport]) -> Iterator[ReportContent]:
    for report in reports:
        with suppress(MessageError):
            yield payload_content(report.payload)


def _usage(report: SignedReport, content: ReportContent, sha: str, now: Instant) -> Usage:
    return Usage(
        udi=content.udi,
        report_id=content.report_id,
        payload_sha256=sha,
        entitlement_tag=content.entitlement_tag,
        count=content.measurements[-1].count,
        start=content.measurements[0].start,
        end=content.measurements[-1].end,
        received=now,
        signing_type=report.signing_type,
    )


def units_with(sender: Udi, contents: Iterable[ReportContent]) -> frozenset[Udi]:
    """The sender and the units that its reports show to be of one set with it.

    A report of the set names all its units; one that an active unit made before the sender joined
    names that unit alone, and comes along after a switchover.
    """
    sets = ({content.udi, *(m.udi for m in content.ha_udi)} for content in contents)
    return frozenset({sender}).union(*(units for units in sets if sender in units))


def _plausible(content: ReportContent, now: Instant) -> bool:
    """Does every line end after it starts and not in the future?"""
    latest = now + CLOCK_TOLERANCE
    return all(line.start <= line.end <= latest for line in content.measurements)


def _downgraded(
    report: SignedReport, content: ReportContent, instance: ProductInstance, first: int
) -> bool:
    """Is this a built-in signature on a report made after the `first` one with the trust code's?

    assumed: by close time and id. By id alone a long-open report of another licence would be
    refused, by time alone one that was closed while the calendar was ahead.
    """
    proved = instance.trust_proved
    last = content.measurements[-1].end
    if report.signing_type != BUILTIN or proved is None:
        return False
    return last > proved and content.report_id > first


def _alert(verdicts: Sequence[AckedReport]) -> str:
    refused = [v for v in verdicts if v.status in (AckStatus.REJECTED, AckStatus.CONFLICT)]
    if not refused:
        return f"Usage report acknowledged ({len(verdicts)})"
    return f"Usage report refused: {refused[0].reason}"

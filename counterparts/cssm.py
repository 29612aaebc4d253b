"""CSSM: takes usage reports over the cloud REST API, judges them, and signs the ACKs.

Driven by one source, a request; `handle` answers it after all it changed is in the records. An
upload is judged when it arrives and its ACK can be fetched `processing_ms` later, so nothing here
needs a timer. Views for the operator are read-only. Sources: docs/sources.md, entry cloud-api.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import msgspec

from agent.core.chance import Chance
from agent.core.clock import SECOND, Instant
from agent.protocol.codec import MessageError, correlation_of
from agent.protocol.messages import LicenseClass, PolicyData, RuleCells, UsageReport
from counterparts import cloud, code_exchanges, receiver
from counterparts.account import SmartAccount, default_account
from counterparts.cloud import CloudRequest, DeviceResult, json_answer
from counterparts.judgement import Judge
from counterparts.pki import Authority, make_authority
from counterparts.policy import DEFAULT_POLICY, policy_named, put_in_force
from counterparts.repository import FORGET_EVERY, KEEP_MS, CssmRecords, Upload
from counterparts.scripts import AckFault, Answer, Script, misaddressed, spoiled, tampered

FIRST_POLL_ID = 760_000_000_000_000_001  # beyond 2^53, as public clients have to expect
TOKEN_SECONDS = 3599
MAX_TOKENS = 1000


@dataclass(frozen=True, slots=True)
class CssmSettings:
    """What a lab may choose. The real cloud names a poll interval of 300 seconds."""

    account: SmartAccount = field(default_factory=default_account)
    policy: str = DEFAULT_POLICY
    client_id: str = "emulated-cslu"
    client_secret: str = "emulated-secret"
    processing_ms: int = 2 * SECOND
    poll_interval_seconds: int = 30
    # entitlement tags CSSM knows; empty means that it takes every tag
    entitlement_tags: frozenset[str] = frozenset()


class Cssm:
    """The cloud side, without sockets or SQL. `script` may be set at any time."""

    def __init__(self, records: CssmRecords, settings: CssmSettings, seed: str) -> None:
        self.records = records
        self.settings = settings
        self._tokens: dict[str, Instant] = {}
        self._tokens_made = 0
        self.script = Script()
        with records.transaction():
            self.seed = _kept(records, "seed", lambda: seed)
            text = _kept(records, "authority", lambda: make_authority(seed).to_json())
            self.authority = Authority.from_json(text)
            text = _kept(records, "policy", lambda: _policy_json(policy_named(settings.policy)))
            self._policy = _read_policy(text)
        self.judge = Judge(records, self.authority, settings.account, self.seed)

    @property
    def anchors(self) -> tuple[str, ...]:
        """The certificates a device needs to check what this CSSM signs."""
        return self.authority.anchors

    @property
    def policy(self) -> PolicyData:
        """The policy in force."""
        return self._policy

    def own_policies(self) -> dict[str, PolicyData]:
        """The policies that were made for this account, by name."""
        with self.records.transaction():
            made = json.loads(self.records.setting("policies") or "[]")
        return {policy.name: policy for policy in map(_read_policy, made)}

    def add_policy(self, policy: PolicyData) -> None:
        """A policy of the account's own, in place of an older one of its name."""
        made = {**self.own_policies(), policy.name: policy}
        with self.records.transaction():
            self.records.set_setting("policies", json.dumps([*map(_policy_json, made.values())]))

    def put_policy_in_force(self, name: str, now: Instant) -> None:
        """Hand out another policy from now on. Raises InputError for an unknown name."""
        self._policy = put_in_force(policy_named(name, self.own_policies()), self._policy, now)
        with self.records.transaction():
            self.records.set_setting("policy", _policy_json(self._policy))

    def next_deadline(self) -> Instant | None:
        """None: CSSM does nothing by itself."""
        return None

    def wake(self, now: Instant) -> None:
        """Nothing is ever due."""

    def handle(self, request: CloudRequest, now: Instant) -> Answer:
        """Answer a request; what it changed is kept before this returns."""
        self.judge.trust_days = self.script.trust_days
        if self.script.down:
            return spoiled(Answer(0, b""), self.script)
        route = _ROUTES.get((request.method, request.path))
        if route is None:
            known = any(path == request.path for _, path in _ROUTES)
            answer = cloud.failed(405 if known else 404, "no such resource", now)
        else:
            try:
                answer = route(self, request, now)
            except MessageError as error:
                answer = cloud.failed(400, error.reason, now)
        return spoiled(answer, self.script)

    # --- what every way to CSSM shares; inside a transaction ------------------------------------

    def take_upload(
        self, entry: UsageReport, now: Instant, authorizations: Sequence[str] = ()
    ) -> Upload:
        """Judge one device's report and keep it with its ACK, and what goes along with that."""
        return self._take(entry, self.next_poll_id(now), now, authorizations)

    def next_poll_id(self, now: Instant) -> int:
        """The number of a new upload; old ones are forgotten now and then."""
        poll_id = self.records.take_number("poll", FIRST_POLL_ID)
        if poll_id % FORGET_EVERY == 0:
            self.records.forget_uploads(now - KEEP_MS)
        return poll_id

    # --- the cloud API ------------------------------------------------------------------------

    def _issue_token(self, request: CloudRequest, now: Instant) -> Answer:
        form = parse_qs(request.body[:10_000].decode("utf-8", "replace"))
        given = {name: values[0] for name, values in form.items()}
        if given.get("grant_type") != "client_credentials":
            return json_answer(400, {"error": "unsupported_grant_type"})
        wanted = (self.settings.client_id, self.settings.client_secret)
        offered = (given.get("client_id", ""), given.get("client_secret", ""))
        if not all(
            hmac.compare_digest(a.encode(), b.encode())
            for a, b in zip(wanted, offered, strict=True)
        ):
            return json_answer(401, {"error": "invalid_client"})
        self._tokens_made += 1
        digest = Chance(f"{self.seed}|token|{now}", self._tokens_made).digest("token")
        token = digest.hex()[:40]
        if len(self._tokens) >= MAX_TOKENS:
            self._tokens.clear()
        self._tokens[token] = now + TOKEN_SECONDS * SECOND
        return json_answer(
            200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        )

    def _report_usage(self, request: CloudRequest, now: Instant) -> Answer:
        refusal = self._refusal(request, now)
        if refusal is not None:
            return refusal
        nonce, entries = cloud.read_usage(request.body)
        with self.records.transaction():
            poll_id = self.next_poll_id(now)
            for entry in entries:
                self._take(entry, poll_id, now)
        return cloud.taken(nonce, poll_id, self.settings.poll_interval_seconds, now)

    def _authorize(self, request: CloudRequest, now: Instant) -> Answer:
        refusal = self._refusal(request, now)
        if refusal is not None:
            return refusal
        nonce, sender, units = cloud.read_authorization(request.body)
        with self.records.transaction():
            try:
                upload = code_exchanges.take_passed_on(self, sender, units, nonce, now)
            except MessageError as error:
                return cloud.failed(200, error.reason, now, nonce)
        return cloud.taken(nonce, upload.poll_id, self.settings.poll_interval_seconds, now)

    def _take(
        self, entry: UsageReport, poll_id: int, now: Instant, authorizations: Sequence[str] = ()
    ) -> Upload:
        ready = now + self.settings.processing_ms
        tags = self.settings.entitlement_tags
        upload = Upload(
            poll_id=poll_id,
            udi=entry.sender.udi,
            software_tag=entry.sender.software_tag,
            received=now,
            ready=ready,
            licence_file=self.judge.acknowledge(
                entry, self._policy, tags, poll_id, ready + self.script.skew_ms, authorizations
            ),
        )
        self.records.add_upload(upload)
        return upload

    def _poll(self, request: CloudRequest, now: Instant) -> Answer:
        refusal = self._refusal(request, now)
        if refusal is not None:
            return refusal
        nonce, poll_id = cloud.read_poll(request.body)
        with self.records.transaction():
            uploads = self.records.uploads(poll_id)
            if not uploads:
                return cloud.failed(200, "the poll id is not known", now, nonce)
            if now < uploads[0].ready or self.script.ack is AckFault.DROPPED:
                return cloud.taken(nonce, poll_id, self.settings.poll_interval_seconds, now)
            results = [self.result(upload) for upload in uploads]
        return cloud.finished(nonce, results, correlation_of(results[0].licence_file), now)

    def result(self, upload: Upload) -> DeviceResult:
        """The upload's ACK, with what the script does to it."""
        text = upload.licence_file
        match self.script.ack:
            case AckFault.STALE:
                before = self.records.upload_before(upload.udi, upload.poll_id)
                text = before.licence_file if before else text
            case AckFault.TAMPERED:
                text = tampered(text)
            case AckFault.WRONG_UDI:
                text = misaddressed(text, self.authority.sign)
            case AckFault.NONE | AckFault.DROPPED:
                pass
        return DeviceResult(upload.udi, upload.software_tag, text)

    def _refusal(self, request: CloudRequest, now: Instant) -> Answer | None:
        """Why the request is not heard: no valid token, or another account's ids."""
        kind, _, token = request.header("Authorization").partition(" ")
        if kind.lower() != "bearer" or self._tokens.get(token.strip(), now) <= now:
            return cloud.failed(401, "the access token is missing or has expired", now)
        account = self.settings.account
        wanted = (str(account.smart_account_id), str(account.virtual_account_id))
        given = (
            request.header(cloud.SMART_ACCOUNT_HEADER),
            request.header(cloud.VIRTUAL_ACCOUNT_HEADER),
        )
        if given != wanted:
            return cloud.failed(403, "the Smart Account or Virtual Account is not known", now)
        return None

    # --- views ---------------------------------------------------------------------------------

    def _show_instances(self, request: CloudRequest, now: Instant) -> Answer:
        with self.records.transaction():
            rows = self.records.instances()
        return json_answer(200, {"product_instances": msgspec.to_builtins(rows)})

    def _show_usage(self, request: CloudRequest, now: Instant) -> Answer:
        with self.records.transaction():
            rows = self.records.all_usage()
        in_use: dict[str, dict[str, int]] = {}
        for row in rows:  # the newest report of a device and a tag says what is in use
            in_use.setdefault(row.entitlement_tag, {})[row.udi.short] = row.count
        usage = [
            {"entitlement_tag": tag, "in_use": sum(counts.values()), "devices": counts}
            for tag, counts in sorted(in_use.items())
        ]
        return json_answer(200, {"usage": usage, "reports": len(rows)})


def _kept(records: CssmRecords, name: str, first: Callable[[], str]) -> str:
    """A setting; made by `first` and kept when it is not there yet."""
    found = records.setting(name)
    if found is None:
        found = first()
        records.set_setting(name, found)
    return found


def _policy_json(policy: PolicyData) -> str:
    classes = {
        group.value: msgspec.structs.asdict(cells) for group, cells in policy.classes.items()
    }
    members: dict[str, Any] = {
        "name": policy.name,
        "version": policy.version,
        "datestamp": policy.datestamp,
        "ack_required": policy.ack_required,
    }
    return json.dumps({**members, "classes": classes})


def _read_policy(text: str) -> PolicyData:
    members = json.loads(text)
    classes = {LicenseClass(name): RuleCells(**row) for name, row in members["classes"].items()}
    return PolicyData(**{**members, "classes": classes})


Route = Callable[[Cssm, CloudRequest, Instant], Answer]
_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", cloud.TOKEN_PATH): Cssm._issue_token,
    ("POST", cloud.REPORT_PATH): Cssm._report_usage,
    ("POST", cloud.AUTHORIZATION_PATH): Cssm._authorize,
    ("POST", cloud.POLL_PATH): Cssm._poll,
    ("POST", receiver.PATH): receiver.receive,
    # assumed: a device that takes it for a CSLU is told nothing
    ("POST", receiver.CSLU_PATH): lambda cssm, request, now: Answer(200, b""),
    **{("POST", path): receiver.receive_call_home for path in receiver.CALL_HOME_PATHS},
    ("GET", "/product-instances"): Cssm._show_instances,
    ("GET", "/usage"): Cssm._show_usage,
}

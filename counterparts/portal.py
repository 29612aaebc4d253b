"""What an operator does at CSSM: upload files, download ACKs, choose a policy, make tokens.

Driven by a person, through the lab's control socket or on a state folder at rest. Answers are
values; a mistake is an InputError that names what is allowed.
Sources: docs/sources.md, entries cssm-upload, tokens, server-policies.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.core.chance import Chance
from agent.core.clock import DAY, SECOND, Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.profiles.profile import profile_for
from agent.protocol.codec import MessageError, policy_section, read_usage_file
from agent.protocol.messages import Sender, UsageReport
from counterparts import smart_licensing
from counterparts.authorizations import granted, issue, owned, remove, sections_for, tags_of
from counterparts.bundle import pack_acks, unpack_usage
from counterparts.cssm import Cssm
from counterparts.policy import custom, known_policies
from counterparts.repository import Token, Upload
from counterparts.saved import report_of
from counterparts.scripts import AckFault

# source: tokens (days and uses are the operator's; a year and 100 uses are the most offered)
MOST_DAYS, MOST_USES = 365, 100
DEFAULT_DAYS, DEFAULT_USES = 30, 10
_ARCHIVE = "last archive"  # id of each file in it, with number and device of its upload
# source: slr-codes
_REQUEST_CODE = re.compile(r"(?P<kind>C[AB])-Z(?P<pid>[^:]+):(?P<sn>[^-]+)-\w+-[0-9a-f]{2}")


class Portal:
    """A CSSM as its operator sees it."""

    def __init__(self, cssm: Cssm) -> None:
        self._cssm = cssm
        self._records = cssm.records

    # --- usage files ------------------------------------------------------------------------------

    def upload(self, text: str, now: Instant) -> Upload:
        """Take a file that a device saved; its ACK is there when CSSM has worked on it.

        Reports are taken also where the codes asked for along with them are refused.
        Raises InputError for a file that is none, or does not show whose it is.
        """
        try:
            usage = read_usage_file(text)
            entry = report_of(usage)
        except MessageError as error:
            raise InputError(f"not a usage file: {error.reason}") from None
        try:
            with self._records.transaction():
                asked = usage.authorization_requests
                sections = sections_for(self._cssm, asked, now)
                return self._cssm.take_upload(entry, now, sections)
        except MessageError as error:
            if not entry.usage:
                raise InputError(error.reason) from None
            with self._records.transaction():
                return self._cssm.take_upload(entry, now)

    def upload_archive(self, data: bytes, now: Instant) -> dict[str, Upload | InputError]:
        """Take an archive of a CSLU: what became of the file with each id.

        Raises InputError for an archive that is none, or of another account.
        """
        bundle, account = unpack_usage(data), self._cssm.settings.account
        for given, mine in (
            (bundle.smart_account, account.smart_account),
            (bundle.virtual_account, account.virtual_account),
        ):
            if given not in ("", mine):
                raise InputError(f"is of the account {given!r}", allowed=mine)
        found: dict[str, Upload | InputError] = {}
        for number, text in bundle.files.items():
            try:
                found[number] = self.upload(text, now)
            except InputError as error:
                found[number] = error
        taken = {
            number: [row.poll_id, row.udi.pid, row.udi.sn]
            for number, row in found.items()
            if isinstance(row, Upload)
        }
        with self._records.transaction():
            self._records.set_setting(_ARCHIVE, json.dumps(taken))
        return found

    def ack_archive(self, now: Instant) -> bytes:
        """The ACKs of the last archive as one archive. Raises InputError."""
        with self._records.transaction():
            taken = json.loads(self._records.setting(_ARCHIVE) or "{}")
            acks = {
                number: self._fetched(upload, now)
                for number, (poll_id, pid, sn) in taken.items()
                for upload in self._records.uploads(poll_id)
                if upload.udi == Udi(pid, sn)
            }
        if not acks:
            raise InputError("no archive was uploaded yet")
        return pack_acks(acks, now)

    def reserve(self, request_code: str, licences: Mapping[str, int], now: Instant) -> str:
        """The authorization file for a product's request code: so many of each licence, by name;
        of a universal request everything. Raises InputError for a code that is none."""
        found = _REQUEST_CODE.fullmatch(request_code)
        if not found:
            allowed = "what `license smart reservation request` prints"
            raise InputError(f"{request_code!r} is no request code", allowed=allowed)
        udi, universal = Udi(found["pid"], found["sn"]), found["kind"] == "CA"
        if not universal and not licences:
            raise InputError("a specific reservation names its licences", allowed="NAME=COUNT ...")
        rows = tuple((_tag(udi, name), count) for name, count in licences.items())
        reserve = smart_licensing.reserve
        return reserve(self._cssm, udi, request_code, rows, now, universal=universal)

    def authorize(self, udi: Udi, features: Sequence[str], now: Instant) -> str:
        """An authorization file for a unit and its enforced licences by name. Raises InputError."""
        tags = tags_of(udi, features)
        entry = UsageReport(Sender(udi, "", "", ""), now, "")
        try:
            with self._records.transaction():
                sections = [issue(self._cssm, udi, tags, now)]
                return self._cssm.take_upload(entry, now, sections).licence_file
        except MessageError as error:
            raise InputError(error.reason) from None

    def remove(self, udi: Udi, code: str) -> None:
        """Remove a product instance; one that holds reserved or export-controlled licences by its
        return code. Raises InputError."""
        try:
            with self._records.transaction():
                remove(self._cssm, udi, code.strip())
        except MessageError as error:
            raise InputError(error.reason) from None

    def licenses(self) -> tuple[tuple[str, int, int], ...]:
        """Each export-controlled licence: its name, how many the account owns, how many are out."""
        with self._records.transaction():
            rows = owned(self._cssm).items()
            return tuple((name, count, granted(self._cssm, name)) for name, count in rows)

    def registered_use(self) -> dict[str, tuple[int | None, int]]:
        """By tag, what registered products of before the policy use: owned (None: as many as are
        used), in use."""
        with self._records.transaction():
            return smart_licensing.in_use(self._cssm)

    def own(self, feature: str, count: int) -> None:
        """Let the account own so many of a licence: an export-controlled one by its name, one that
        registered products use by a part of its tag. Raises InputError."""
        if count < 0:
            raise InputError(f"{count} licences cannot be owned", allowed="0 or more")
        with self._records.transaction():
            known, tags = owned(self._cssm), tuple(smart_licensing.in_use(self._cssm))
            found = [tag for tag in tags if f".{feature}," in tag or feature == tag]
            if feature in known:
                self._records.set_setting(f"owned {feature}", str(count))
            elif len(found) == 1:
                self._records.set_setting(f"purchased {found[0]}", str(count))
            else:
                allowed = ", ".join((*known, *tags))
                raise InputError(f"{feature!r} is no licence here", allowed=allowed)

    def forbid_export(self, token: str) -> None:
        """Who registers with this token may use nothing export-controlled."""
        smart_licensing.forbid_export(self._cssm, token)

    def ack(self, udi: Udi | None, now: Instant) -> str:
        """The ACK of a device's last upload, or of the last one of all. Raises InputError."""
        with self._records.transaction():
            upload = self._records.last_upload(udi)
            if upload is None:
                raise InputError(f"nothing was uploaded for {udi}" if udi else "no upload yet")
            return self._fetched(upload, now)

    def _fetched(self, upload: Upload, now: Instant) -> str:
        """The ACK of an upload. Raises InputError while it is being worked on."""
        if now < upload.ready or self._cssm.script.ack is AckFault.DROPPED:
            left = max(1, -(-(upload.ready - now) // SECOND))
            raise InputError(f"the upload is still pending; ask again in {left} seconds")
        return self._cssm.result(upload).licence_file

    def factory_trust(self, text: str, now: Instant) -> str:
        """The trust codes a device has from its factory, for the trust requests it saved.

        Raises InputError for a file without such requests.
        """
        try:
            usage = read_usage_file(text)
            sender = report_of(usage).sender
        except MessageError as error:
            raise InputError(f"not a trust request: {error.reason}") from None
        asked, proof = usage.trust_requests, usage.trust_signature
        with self._records.transaction():
            number = self._cssm.next_poll_id(now)
            found = self._cssm.judge.manufactured(sender, asked, proof, number, now)
        if found is None:
            raise InputError("no unit asks for a trust code")
        return found

    # --- policies ---------------------------------------------------------------------------------

    def policies(self) -> tuple[tuple[str, bool], ...]:
        """The name of each policy, and whether it is in force."""
        names = (*known_policies(), *self._cssm.own_policies())
        return tuple((name, name == self._cssm.policy.name) for name in names)

    def new_policy(self, name: str, cells: Mapping[str, str], *, ack_required: bool) -> None:
        """Make a policy; it is not in force yet. Raises InputError for what makes none."""
        self._cssm.add_policy(custom(name, cells, ack_required=ack_required))

    def use_policy(self, name: str, now: Instant) -> None:
        """Hand out another policy from now on. Raises InputError for an unknown name."""
        self._cssm.put_policy_in_force(name, now)

    def policy_file(self) -> str:
        """The policy in force as a file of its own, to be imported by a device."""
        return policy_section(self._cssm.policy, self._cssm.authority.sign)

    # --- tokens -----------------------------------------------------------------------------------

    def new_token(self, days: int, uses: int, description: str, now: Instant) -> Token:
        """A token that devices establish trust with. Raises InputError for numbers not offered."""
        if not 1 <= days <= MOST_DAYS:
            raise InputError(f"{days} days cannot be had", allowed=f"1 to {MOST_DAYS}")
        if not 1 <= uses <= MOST_USES:
            raise InputError(f"{uses} uses cannot be had", allowed=f"1 to {MOST_USES}")
        with self._records.transaction():
            number = self._records.take_number("token", 1)
            digest = Chance(f"{self._cssm.seed}|idtoken|{number}").digest("idtoken")
            text = base64.urlsafe_b64encode(digest + number.to_bytes(4, "big")).decode()
            token = Token(text, description, now, now + days * DAY, uses)
            self._records.save_token(token)
        return token

    def tokens(self) -> list[Token]:
        """All tokens, the oldest first."""
        with self._records.transaction():
            return self._records.tokens()

    def revoke_token(self, text: str, now: Instant) -> Token:
        """End a token now. Raises InputError for one that is not there."""
        with self._records.transaction():
            token = self._records.token(text)
            if token is None:
                raise InputError(f"token {text!r} is not known")
            ended = replace(token, expires=min(token.expires, now))
            self._records.save_token(ended)
        return ended


def _tag(udi: Udi, name: str) -> str:
    """The entitlement tag of a licence of this product, by its name. Raises InputError."""
    profile = profile_for(udi.pid)
    rows = profile.entitlements[profile.models[udi.pid].licences]
    for row in rows:
        if row.feature == name:
            return row.tag
    known = ", ".join(row.feature for row in rows)
    raise InputError(f"a {udi.pid} has no licence {name!r}", allowed=known)

"""Pull by HTTP: the native REST API, and the RPCs of the model over RESTCONF.

The model's RPCs name files, so with RESTCONF the files themselves go over SCP; where they cannot,
the emulator's own module has the data.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp

from agent.adapters.pull import ACK_FILE, LOGIN_REFUSED, USAGE_FILE, PullFault, Visit
from agent.adapters.pull_own import IMPORT, LIST, MODULE, READ, TOP, joined
from agent.adapters.pull_ssh import fetch_file, send_file
from agent.protocol.codec import MessageError, read_usage_file, write_usage_file
from agent.protocol.codec_fields import Fields
from agent.protocol.codec_files import UsageFile
from agent.protocol.codec_reports import report_from
from counterparts.repository import PulledInstance

REST_ROOT = "/smartlic-service"
RESTCONF_ROOT = "/restconf"
LICENSING = "cisco-smart-license"
YANG_JSON = "application/yang-data+json"
MAX_ANSWER = 64 * 1024 * 1024


class _Client:
    """Requests to one product instance. Its certificate is its own, so nobody can vouch for it."""

    def __init__(self, session: aiohttp.ClientSession, row: PulledInstance, what: str) -> None:
        self._session, self._what = session, what
        host = f"[{row.host}]" if ":" in row.host else row.host
        self._base = f"{'http' if row.plain else 'https'}://{host}:{row.port}"

    async def ask(self, method: str, path: str, body: bytes | None, kind: str) -> Any:
        """The JSON of an answer; None for an empty one. Raises PullFault."""
        headers = {"Accept": kind, "FOXY-API-VERSION": "1"}
        if body is not None:
            headers["Content-Type"] = kind
        async with self._session.request(
            method, self._base + path, data=body, headers=headers, ssl=False, allow_redirects=False
        ) as response:
            data = await response.content.read(MAX_ANSWER)
            while not response.content.at_eof() and len(data) < MAX_ANSWER:
                data += await response.content.read(MAX_ANSWER - len(data))
            status = response.status
        if status in (401, 403):
            raise PullFault(LOGIN_REFUSED)
        if status == 404:
            raise PullFault(f"{self._what} is not enabled on the product instance")
        found = _json(data)
        if status not in (200, 201, 204):
            raise PullFault(f"{self._what} answered {status}: {_words(found)}")
        return found


@asynccontextmanager
async def _client(row: PulledInstance, what: str) -> AsyncIterator[_Client]:
    token = base64.b64encode(f"{row.username}:{row.password}".encode()).decode()
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Basic {token}"},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
    ) as session:
        yield _Client(session, row, what)


@asynccontextmanager
async def rest(row: PulledInstance) -> AsyncIterator[Visit]:
    """Connect method REST."""
    async with _client(row, "The REST API") as client:
        yield _Rest(client)


class _Rest:
    def __init__(self, client: _Client) -> None:
        self._client = client

    async def give(self, text: str) -> None:
        body = base64.b64encode(text.encode())
        found = await self._client.ask("POST", f"{REST_ROOT}/import", body, "application/json")
        code = found.get("return-code", "success") if isinstance(found, dict) else "success"
        _must_be_good(code)

    async def take(self) -> str:
        kind = "application/json"
        await self._client.ask("POST", f"{REST_ROOT}/close-reports", b'{"test":""}', kind)
        found = await self._client.ask("GET", f"{REST_ROOT}/all-reports", None, kind)
        if not isinstance(found, dict) or not found.get("usage"):
            return ""
        try:
            listed = Fields(found, "reports").objects("usage")
            reports = tuple(report_from(item) for item in listed)
            rest_of_it = found.get("emu_file")
            usage = read_usage_file(rest_of_it) if isinstance(rest_of_it, str) else UsageFile(())
        except MessageError as error:
            raise PullFault(f"The REST API answered badly: {error.reason}") from None
        return write_usage_file(replace(usage, reports=reports))


@asynccontextmanager
async def restconf(row: PulledInstance) -> AsyncIterator[Visit]:
    """Connect method RESTCONF."""
    async with _client(row, "RESTCONF") as client:
        yield _Restconf(client, row)


class _Restconf:
    def __init__(self, client: _Client, row: PulledInstance) -> None:
        self._client, self._row = client, row

    async def _operate(
        self, name: str, given: dict[str, str], module: str = LICENSING
    ) -> dict[str, Any]:
        """The output of an operation that went well. Raises PullFault."""
        body = json.dumps({f"{module}:input": given}).encode()
        where = f"{RESTCONF_ROOT}/operations/{module}:{name}"
        found = await self._client.ask("POST", where, body, YANG_JSON)
        output = found.get(f"{module}:output") if isinstance(found, dict) else None
        if not isinstance(output, dict):
            raise PullFault(f"The product instance answered {name} with nothing")
        _must_be_good(str(output.get("return-code", "no return-code")))
        return output

    async def give(self, text: str) -> None:
        try:
            await send_file(self._row, text, ACK_FILE)
        except PullFault as fault:
            await self._own(fault)
            await self._operate(IMPORT, {"text": text}, MODULE)
        else:
            await self._operate("import-file", {"file-path": ACK_FILE})

    async def take(self) -> str:
        try:
            await self._operate("rum-save-usage-all", {"file-path": USAGE_FILE})
        except NothingThere:
            return ""
        try:
            return await fetch_file(self._row, USAGE_FILE)
        except PullFault as fault:
            rows = await self._own(fault)
        told = await self._operate(READ, {"file-path": USAGE_FILE}, MODULE)
        texts = {str(row.get("rum-report-key")): str(row.get("report")) for row in rows}
        keys = told.get("rum-report-key")
        listed = [str(key) for key in keys] if isinstance(keys, list) else []
        return joined(str(told.get("rest", "")), listed, texts)

    async def _own(self, fault: PullFault) -> list[dict[str, Any]]:
        """The reports as data, by the emulator's own module; raises the fault where it is not."""
        try:
            where = f"{RESTCONF_ROOT}/data/{MODULE}:{TOP}"
            found = await self._client.ask("GET", where, None, YANG_JSON)
        except PullFault:
            raise fault from None
        top = found.get(f"{MODULE}:{TOP}", {}) if isinstance(found, dict) else {}
        rows = top.get(LIST) if isinstance(top, dict) else None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


class NothingThere(PullFault):
    """The product instance has no report."""


def _must_be_good(code: str) -> None:
    """Raises PullFault for a return code that is none of success."""
    if code == "requesteditemnotfound":
        raise NothingThere("The product instance has no report")
    if code != "success":
        raise PullFault(f"The product instance answered {code}")


def _json(data: bytes) -> Any:
    if not data.strip():
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise PullFault("The product instance did not answer in JSON") from None


def _words(found: Any) -> str:
    """What an error's body says, in short."""
    if isinstance(found, dict):
        for name in ("message", "return-code"):
            if isinstance(found.get(name), str):
                return str(found[name])[:200]
        for errors in found.values():
            if isinstance(errors, dict) and isinstance(errors.get("error"), list):
                first = errors["error"][0] if errors["error"] else {}
                return str(first.get("error-message") or first.get("error-tag"))[:200]
    return "no reason given"

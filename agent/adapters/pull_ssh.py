"""Pull by SSH: the RPCs of the model over NETCONF, the commands of the CLI, and files over SCP.

Without SCP, NETCONF takes the data from the emulator's own module, where the other side has it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

import asyncssh
from lxml import etree

from agent.adapters.pull import ACK_FILE, LOGIN_REFUSED, USAGE_FILE, PullFault, Visit
from agent.adapters.pull_own import IMPORT, LIST, MODULE, READ, TOP, joined
from agent.adapters.pull_own import NAMESPACE as OWN
from agent.netconf.framing import Framer, FramingError, framed
from counterparts.repository import PulledInstance

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
LICENSING = "http://cisco.com/ns/yang/cisco-smart-license"
LIBRARY = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
_BASES = ("urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1")
MAX_MESSAGE = 64 * 1024 * 1024
CONNECT_SECONDS = 10
NOTHING = "The requested item was not found"
IMPORTED = "Import Data Successful"
_PROMPT = re.compile(r"(?:^|\n)([\w.-]{1,80}[#>])$")


@asynccontextmanager
async def _connected(row: PulledInstance, port: int) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """An SSH connection. Host keys are not known beforehand, as a collector's are not."""
    async with asyncssh.connect(
        row.host,
        port,
        username=row.username,
        password=row.password,
        known_hosts=None,
        client_keys=None,
        agent_path=None,
        config=None,
        gss_host=None,
        connect_timeout=CONNECT_SECONDS,
    ) as connection:
        yield connection


# --- files ------------------------------------------------------------------------------------


async def send_file(row: PulledInstance, text: str, path: str) -> None:
    """Copy a text to a file of the product instance. Raises PullFault."""
    async with _files(row) as connection:
        await _send(connection, text, path)


async def fetch_file(row: PulledInstance, path: str) -> str:
    """The text of a file of the product instance. Raises PullFault."""
    async with _files(row) as connection:
        return await _fetch(connection, path)


@asynccontextmanager
async def _files(row: PulledInstance) -> AsyncIterator[asyncssh.SSHClientConnection]:
    port = row.port if row.method == "cli" else row.ssh_port
    try:
        async with _connected(row, port) as connection:
            yield connection
    except asyncssh.PermissionDenied:
        raise PullFault(LOGIN_REFUSED) from None
    except (OSError, asyncssh.Error) as fault:
        what = f"Files cannot be copied over SSH, {row.host} port {port}: {fault}"
        raise PullFault(what) from None


async def _send(connection: asyncssh.SSHClientConnection, text: str, path: str) -> None:
    with TemporaryDirectory(prefix="slp-") as folder:
        file = Path(folder) / "ack.txt"
        file.write_text(text, "utf-8")
        await _copied(asyncssh.scp(file, (connection, path)))


async def _fetch(connection: asyncssh.SSHClientConnection, path: str) -> str:
    with TemporaryDirectory(prefix="slp-") as folder:
        file = Path(folder) / "usage.txt"
        await _copied(asyncssh.scp((connection, path), file))
        return file.read_bytes().decode("utf-8", "replace")


async def _copied(copying: Any) -> None:
    try:
        await copying
    except (asyncssh.SFTPError, asyncssh.Error, OSError) as fault:
        words = str(fault).strip() or "no answer"
        raise PullFault(
            f"Files cannot be copied: {words} (is `ip scp server enable` configured?)"
        ) from None


# --- NETCONF ----------------------------------------------------------------------------------


@asynccontextmanager
async def netconf(row: PulledInstance) -> AsyncIterator[Visit]:
    """Connect method NETCONF."""
    async with _connected(row, row.port) as connection:
        try:
            process = await connection.create_process(subsystem="netconf", encoding=None)
        except asyncssh.ChannelOpenError as fault:
            raise PullFault(f"NETCONF is not enabled on the product instance: {fault}") from None
        session = _Netconf(process, row)
        await session.greet()
        yield session


class _Netconf:
    def __init__(self, process: asyncssh.SSHClientProcess[bytes], row: PulledInstance) -> None:
        self._process, self._row = process, row
        self._framer = Framer(MAX_MESSAGE)
        self._number = 0

    async def greet(self) -> None:
        """Exchange hellos."""
        listed = "".join(f"<capability>{base}</capability>" for base in _BASES)
        hello = f'<hello xmlns="{BASE}"><capabilities>{listed}</capabilities></hello>'
        self._process.stdin.write(framed(hello.encode(), False))
        theirs = await self._message()
        found = {(e.text or "").strip() for e in theirs.iter(f"{{{BASE}}}capability")}
        self._framer.chunked = _BASES[1] in found

    async def _message(self) -> etree._Element:
        try:
            while (message := self._framer.next_message()) is None:
                data = await self._process.stdout.read(1 << 16)
                if not data:
                    raise EOFError
                self._framer.feed(data)
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            return etree.fromstring(message.strip(), parser)
        except (FramingError, etree.XMLSyntaxError) as fault:
            raise PullFault(f"The product instance does not speak NETCONF: {fault}") from None

    async def _operate(self, name: str, path: str) -> str:
        """Carry out an RPC on a file; returns its return code. Raises PullFault."""
        body = f'<{name} xmlns="{LICENSING}"><file-path>{escape(path)}</file-path></{name}>'
        reply = await self._asked(name, body)
        return reply.findtext(f"{{{LICENSING}}}return-code") or "no return-code"

    async def _asked(self, name: str, operation: str) -> etree._Element:
        """The reply to an operation. Raises PullFault for an error."""
        self._number += 1
        body = f'<rpc xmlns="{BASE}" message-id="{self._number}">{operation}</rpc>'
        self._process.stdin.write(framed(body.encode(), self._framer.chunked))
        reply = await self._message()
        fault = reply.find(f"{{{BASE}}}rpc-error")
        if fault is not None:
            words = fault.findtext(f"{{{BASE}}}error-message") or fault.findtext(
                f"{{{BASE}}}error-tag"
            )
            raise PullFault(f"The product instance refused {name}: {words}")
        return reply

    async def give(self, text: str) -> None:
        try:
            await send_file(self._row, text, ACK_FILE)
        except PullFault:
            if not await self._extended():
                raise
            body = f'<{IMPORT} xmlns="{OWN}"><text>{escape(text)}</text></{IMPORT}>'
            reply = await self._asked(IMPORT, body)
            code = reply.findtext(f"{{{OWN}}}return-code")
        else:
            code = await self._operate("import-file", ACK_FILE)
        if code != "success":
            raise PullFault(f"The product instance answered {code}")

    async def take(self) -> str:
        code = await self._operate("rum-save-usage-all", USAGE_FILE)
        if code == "requesteditemnotfound":
            return ""
        if code != "success":
            raise PullFault(f"The product instance answered {code}")
        try:
            return await fetch_file(self._row, USAGE_FILE)
        except PullFault:
            if not await self._extended():
                raise
            return await self._as_data()

    async def _extended(self) -> bool:
        """Does the YANG library list the emulator's own module? No device has it."""
        listed = (
            f'<get><filter><modules-state xmlns="{LIBRARY}"><module><name>{MODULE}</name>'
            "</module></modules-state></filter></get>"
        )
        reply = await self._asked("get", listed)
        return reply.find(f".//{{{LIBRARY}}}module") is not None

    async def _as_data(self) -> str:
        """The saved usage file without its transfer: its reports are read as data."""
        body = f'<{READ} xmlns="{OWN}"><file-path>{USAGE_FILE}</file-path></{READ}>'
        told = await self._asked(READ, body)
        reply = await self._asked("get", f'<get><filter><{TOP} xmlns="{OWN}"/></filter></get>')
        texts = {
            row.findtext(f"{{{OWN}}}rum-report-key") or "": row.findtext(f"{{{OWN}}}report") or ""
            for row in reply.iter(f"{{{OWN}}}{LIST}")
        }
        keys = [key.text or "" for key in told.iter(f"{{{OWN}}}rum-report-key")]
        return joined(told.findtext(f"{{{OWN}}}rest") or "", keys, texts)


# --- CLI --------------------------------------------------------------------------------------


@asynccontextmanager
async def cli(row: PulledInstance) -> AsyncIterator[Visit]:
    """Connect method CLI."""
    async with _connected(row, row.port) as connection:
        process = await connection.create_process(term_type="vt100", term_size=(511, 0))
        session = _Cli(connection, process)
        await session.greet()
        yield session


class _Cli:
    def __init__(
        self, connection: asyncssh.SSHClientConnection, process: asyncssh.SSHClientProcess[str]
    ) -> None:
        self._connection, self._process = connection, process
        self._prompt = ""

    async def greet(self) -> None:
        """Wait for the prompt of somebody who may do this, and turn the pager off."""
        seen = ""
        while (found := _PROMPT.search(seen)) is None:
            seen = (seen + await self._read())[-65536:]
        self._prompt = found[1]
        if self._prompt.endswith(">"):
            raise PullFault(f"{LOGIN_REFUSED} (privilege 15 is needed)")
        await self._say("terminal length 0")

    async def _read(self) -> str:
        data = await self._process.stdout.read(1 << 16)
        if not data:
            raise EOFError
        return data

    async def _say(self, line: str) -> str:
        """Type a line; returns what is printed between its echo and the next prompt."""
        self._process.stdin.write(line + "\r")
        seen = ""
        while not seen.endswith(f"\n{self._prompt}") or "\n" not in seen:
            seen += await self._read()
        printed = seen.partition("\n")[2].removesuffix(self._prompt)
        return printed.replace("\r\n", "\n").strip("\n")

    async def give(self, text: str) -> None:
        await _send(self._connection, text, ACK_FILE)
        printed = await self._say(f"license smart import {ACK_FILE}")
        if IMPORTED not in printed:
            raise PullFault(f"The product instance answered {printed.strip()!r}")

    async def take(self) -> str:
        printed = await self._say(f"license smart save usage all file {USAGE_FILE}")
        if NOTHING in printed:
            return ""
        if "%" in printed:
            raise PullFault(f"The product instance answered {printed.strip()!r}")
        return await _fetch(self._connection, USAGE_FILE)

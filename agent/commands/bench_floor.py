"""The floor of the SSH figures: a bare asyncssh server that answers each line with a fixed text.

Run as `python -m agent.commands.bench_floor PORT` with the text on standard input; it prints
`ready` once it listens. Nothing of the emulator is in it.
"""

from __future__ import annotations

import asyncio
import sys

import asyncssh

PROMPT = "Switch#"


class _Session(asyncssh.SSHServerSession[str]):
    def __init__(self, reply: str) -> None:
        self._reply, self._typed = reply, ""

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self._channel = chan

    def pty_requested(self, *_: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self._channel.write(PROMPT)

    def data_received(self, data: str, datatype: int | None) -> None:
        self._typed += data
        while "\r" in self._typed:
            line, self._typed = self._typed.split("\r", 1)
            self._channel.write(f"{line}\r\n{self._reply if line else ''}{PROMPT}")


def _server(reply: str) -> type[asyncssh.SSHServer]:
    class Server(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return True

        def session_requested(self) -> _Session:
            return _Session(reply)

    return Server


async def serve(port: int, reply: str) -> None:
    """Listen on loopback until the process ends."""
    options = asyncssh.SSHServerConnectionOptions(
        server_factory=_server(reply),
        server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        line_editor=False,
        gss_host=None,
    )
    await asyncssh.listen("127.0.0.1", port, options=options)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.stdin.read()))

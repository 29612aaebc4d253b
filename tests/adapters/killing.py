"""Kill a recording process at random points and look at what it left; run by test_disk.

Usage: killing.py FOLDER ROUNDS. A child opens the folder and writes numbered files into its
device, telling each number once the device has taken it; the parent kills it with SIGKILL after
some of them and checks that each told number is there, in order, with nothing else but the next.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from agent.adapters.disk import StateFolder
from agent.core.release import Release
from agent.device.device import new_device

NOON = 1_791_288_000_000


def child(path: Path, tell: int) -> None:
    folder = StateFolder(path)
    device = folder.load("sw1")
    if device is None:
        device = new_device("sw1", "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1")
        folder.keep(device)
        device.boot(NOON)
    device.journal.every = 7  # so that kills fall into snapshots as well
    number = device.inputs
    while True:
        device.write_file(f"f{number % 50}.txt", str(number), NOON + number)
        os.write(tell, f"{device.inputs}\n".encode())
        number += 1


def main(path: Path, rounds: int) -> None:
    chance = random.Random(1)
    told = 0
    for _ in range(rounds):
        hear, tell = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(hear)
            child(path, tell)
        os.close(tell)
        with os.fdopen(hear, "rb", buffering=0) as stream:
            patience = chance.randrange(0, 500)
            data = b""
            while len(data) <= patience and (more := stream.read(64)):
                data += more
            os.kill(process, signal.SIGKILL)
            data += stream.readall()
        os.waitpid(process, 0)
        whole = data[: data.rfind(b"\n") + 1].split()
        if whole:
            told = int(whole[-1])
        folder = StateFolder(path)
        device = folder.load("sw1")
        os.close(folder._lock)
        kept = 0 if device is None else device.inputs
        if kept not in (told, told + 1):
            sys.exit(f"told {told}, kept {kept}")
        told = kept
    print(f"{rounds} kills, {told} inputs kept")


main(Path(sys.argv[1]), int(sys.argv[2]))

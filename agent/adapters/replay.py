"""Reads recordings of the user's own device: scrapli-replay's two files, or a folder of captures.

A session file holds the interactions of one scrapli connection in their order; a collector file
holds events by privilege level. A folder holds a file for each command: `show interfaces.txt` or
`show_interfaces.txt`, with `%2F` for a slash. Echo and prompt round an output are taken off.
Whatever is wrong is an InputError with the file, and what stands at fault in it.
Sources: docs/sources.md, entry scrapli-replay-files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from agent.cli.replay import Recording
from agent.core.errors import InputError

ALLOWED = "a scrapli-replay session or collector file, or a folder of <command>.txt files"
SUFFIX = ".txt"
LARGEST = 64 * 1024 * 1024  # bytes; more is hardly a recording
_PROMPT = re.compile(r"[\w.@/:+-]{1,63}(?:\([\w.@/:+-]{0,32}\))?[>#]\s?")
_ECHO = re.compile(r"[\w.@/:+-]{1,63}[>#]\s*(.*)")
_PAGER = "--More--"
_REFUSED = re.compile(r"^% (?:Invalid input|Incomplete command|Ambiguous command)", re.MULTILINE)


def read_recording(path: Path) -> Recording:
    """Read a recording. Raises InputError naming what is wrong and where."""
    if path.is_dir():
        outputs = dict(_captures(path))
        if not outputs:
            raise InputError(f"holds no {SUFFIX} file", str(path), ALLOWED)
        return Recording(str(path), outputs)
    data = _load(path)
    if not isinstance(data, dict) or not data:
        raise InputError("is no recording", str(path), ALLOWED)
    found = _events(data, path) if "events" in data else _sessions(data, path)
    outputs = {command: said for command, said in found if said and not _REFUSED.search(said)}
    if not outputs:
        raise InputError("holds no command with its output", str(path), ALLOWED)
    return Recording(str(path), outputs)


def read_text(path: Path) -> str:
    """A file of the user's. Raises InputError for one that cannot be read or is no text."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"is larger than {LARGEST} bytes", str(path))
        return path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(path), ALLOWED) from None
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text at byte {error.start}", str(path)) from None


def _load(path: Path) -> object:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(read_text(path), loader)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"is not YAML: {error.problem}", f"{path}{line}", ALLOWED) from None
    except yaml.YAMLError as error:
        raise InputError(f"is not YAML: {error}", str(path), ALLOWED) from None


# --- a folder of captures -------------------------------------------------------------------------


def _captures(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.iterdir()):
        if file.suffix == SUFFIX and file.is_file():
            command = unquote(file.stem.replace("_", " ")).strip()
            yield command, bare(read_text(file), command)


def bare(text: str, command: str) -> str:
    """A capture without echo before and prompt behind, as a Reply holds text."""
    lines = text.replace("\r\n", "\n").replace("\r", "").split("\n")
    echo = _ECHO.fullmatch(lines[0])
    if lines[0].strip() == command or (echo and echo[1].strip().lower() == command.lower()):
        lines = lines[1:]
    said = whole = len(lines)
    # an empty line before the prompt belongs to the output; a client may have asked for it twice
    for place in range(len(lines) - 1, -1, -1):
        if _PROMPT.fullmatch(lines[place]):
            said = place
        elif lines[place]:
            break
    lines = lines[:said]
    if said == whole and lines and not lines[-1]:
        lines.pop()  # the end of a file's last line
    return "\n".join(lines)


# --- the session file: what one connection said, in its order -------------------------------------


def _sessions(data: Mapping[object, object], path: Path) -> Iterator[tuple[str, str]]:
    for name, session in data.items():
        where = f"{path}: {name}"
        if not isinstance(session, dict) or "interactions" not in session:
            raise InputError("has no interactions", where, ALLOWED)
        interactions = session["interactions"]
        if not isinstance(interactions, list):
            raise InputError("interactions is no list", where, ALLOWED)
        yield from _exchanges(interactions, where)


def _exchanges(interactions: list[Any], where: str) -> Iterator[tuple[str, str]]:
    command, output = "", ""
    for place, one in enumerate(interactions):
        try:
            came, sent = one["channel_output"], one["expected_channel_input"]
            hidden = one["expected_channel_input_redacted"]
        except (TypeError, KeyError) as missing:
            raise InputError(
                f"interaction {place + 1} has no {missing}", where, "the keys scrapli-replay writes"
            ) from None
        output += str(came or "")
        if sent is None or hidden or not str(sent).strip():
            continue
        if command and _PAGER not in output:
            yield command, _said(output, command)
        command, output = str(sent).strip(), ""
    if command and _PAGER not in output:
        yield command, _said(output, command)


def _said(output: str, command: str) -> str:
    """What came between a command and the next: the echo, the output, the prompt."""
    _, _, behind = output.replace("\r", "").partition(command)
    return bare((behind or output).removeprefix("\n"), command)


# --- the collector file: events by privilege level ------------------------------------------------


def _events(data: Mapping[Any, Any], path: Path) -> Iterator[tuple[str, str]]:
    levels = data["events"]
    if not isinstance(levels, dict):
        raise InputError("events is no mapping", str(path), ALLOWED)
    # later levels win: what a privileged user sees, with the pager off
    order = sorted(levels, key=lambda level: level == "privileged_exec")
    for level in order:
        if level not in ("exec", "privileged_exec"):
            continue
        for state in ("pre_on_open", "post_on_open"):
            where = f"{path}: events: {level}: {state}"
            events = levels[level].get(state) if isinstance(levels[level], dict) else None
            if not isinstance(events, dict):
                raise InputError("is no mapping", where, ALLOWED)
            yield from _standard(events, where)


def _standard(events: Mapping[Any, Any], where: str) -> Iterator[tuple[str, str]]:
    for command, event in events.items():
        if not isinstance(event, dict) or "type" not in event:
            raise InputError(f"{command!r} is no event", where, ALLOWED)
        if event["type"] != "standard" or event.get("closes_connection"):
            continue
        output = event.get("channel_output")
        if not isinstance(output, str):
            raise InputError(f"{command!r} has no channel_output", where, ALLOWED)
        if event.get("returns_prompt", True) and _PAGER not in output:
            yield str(command), bare(output, str(command))

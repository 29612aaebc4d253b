"""Reads an operator's folder of YANG modules."""

from __future__ import annotations

from pathlib import Path

from agent.core.errors import InputError
from agent.netconf.own_texts import NOTHING, OwnTexts, own_texts


def read_folder(folder: Path | None) -> OwnTexts:
    """All `*.yang` files of a folder. Raises InputError where it or one of them cannot be read."""
    if folder is None:
        return NOTHING
    files = sorted(folder.glob("*.yang")) if folder.is_dir() else []
    if not files:
        raise InputError("has no YANG modules", str(folder), "a folder with *.yang files")
    try:
        return own_texts([(str(file), file.read_text("utf-8")) for file in files])
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", str(folder)) from None

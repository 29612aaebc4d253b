"""The README tells the truth: its session is what the console prints, its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


@pytest.mark.wire
def test_session_is_what_the_console_prints() -> None:
    check = [sys.executable, str(PROJECT / "scripts" / "readme-session"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    missing = [link for link in links if not (document.parent / link).exists()]
    assert not missing


def test_named_tests_exist() -> None:
    """docs/requirements.md names a test for each requirement it ticks."""
    table = (PROJECT / "docs" / "requirements.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", table)
    assert len(named) > 20
    for path, function in named:
        source = (PROJECT / path).read_text("utf-8")
        assert re.search(rf"^(?:async )?def {function}\(", source, re.MULTILINE), function

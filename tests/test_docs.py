"""The code's words for its sources are entries of docs/sources.md."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("agent", "cli_grammar", "yang", "counterparts")
KINDS = {".py", ".toml", ".cli", ".layout"}
ENTRIES = set(re.findall(r"^\| ([a-z0-9-]+) \|", (ROOT / "docs/sources.md").read_text(), re.M))


def cited(text: str) -> set[str]:
    """Names behind `# source:`, and behind `docs/sources.md, entry` or `entries` up to the stop."""
    names = set(re.findall(r"# source: ([a-z0-9]+(?:-[a-z0-9]+)+)", text))
    for listed in re.findall(r"docs/sources\.md, entr(?:y|ies)\s+([^.;()\"]*)", text):
        words = re.sub(r"[\s#]+", " ", listed)
        parts = re.split(r",? and |, ", words.strip())
        names |= {part for part in parts if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", part)}
    return names


def test_every_cited_source_has_an_entry():
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in KINDS
        for name in cited(path.read_text("utf-8")) - ENTRIES
    }
    assert not missing, "\n".join(sorted(missing))


def test_every_test_named_by_a_requirement_exists():
    table = (ROOT / "docs/requirements.md").read_text("utf-8")
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", table)
    assert named
    missing = {
        f"{path}::{test}"
        for path, test in named
        if not re.search(rf"def {test}\(", (ROOT / path).read_text("utf-8"))
    }
    assert not missing, "\n".join(sorted(missing))

"""The rules of the house, held by reading the source: floors, purity, size, names.

The floors are those of the table in docs/architecture.md: the test reads that table, so the
document cannot say one thing and the code do another.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("agent", "cli_grammar", "yang", "counterparts")
OURS = "slp-emulator"

PURE = range(0, 4)  # floors without clock, chance, threads, sockets and files
IMPURE_MODULES = frozenset(
    "aiohttp asyncio asyncssh http os pathlib prompt_toolkit random secrets select selectors "
    "shutil signal socket socketserver sqlalchemy sqlite3 ssl subprocess tempfile threading time "
    "urllib.request uuid".split()
)
IMPURE_CALLS = frozenset({"now", "utcnow", "today"})  # of datetime and date

# A pair (who, whom): who knows nothing of whom, although the floors would allow it.
STRANGERS = (
    ("cli_grammar", "agent"),
    ("cli_grammar", "counterparts"),
    ("yang", "agent"),
    ("yang", "counterparts"),
    ("yang", "cli_grammar"),
    ("agent.engine", "counterparts"),
    ("counterparts", "agent.engine"),
    ("counterparts", "agent.device"),
    ("counterparts", "agent.cli"),
)

MAX_LINES = 400
LONGER: dict[str, str] = {}  # path -> why it may be longer (a table)

NAMES_WITHOUT_A_HOME = frozenset(
    {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
)


@dataclass(frozen=True)
class Source:
    """One module of ours: its dotted name, path and syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    def imports(self) -> Iterator[tuple[int, str]]:
        """(line, dotted name) of everything imported, the names behind `from` included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                for alias in node.names:
                    yield node.lineno, f"{base}.{alias.name}"

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{node.module}" if node.module else package


def _read(path: Path) -> Source:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text("utf-8")
    return Source(name, path, text, ast.parse(text, str(path)))


SOURCES = tuple(
    _read(path) for package in PACKAGES for path in sorted((PROJECT / package).rglob("*.py"))
)


def _floors() -> dict[str, int]:
    """Prefix of a dotted name -> floor, from the table in docs/architecture.md."""
    document = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    floors: dict[str, int] = {}
    for row in re.finditer(r"^\| (\d) \| ([^|]+) \|", document, re.MULTILINE):
        for place in re.findall(r"`([^`]+)`", row[2]):
            floors[place.removesuffix(".py").strip("/").replace("/", ".")] = int(row[1])
    return floors


FLOORS = _floors()


def _floor(name: str) -> int | None:
    """The floor of a dotted name of ours: the longest prefix in the table decides."""
    while name:
        if name in FLOORS:
            return FLOORS[name]
        name = name.rpartition(".")[0]
    return None


def _within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def test_table_of_floors_is_read() -> None:
    assert set(FLOORS.values()) == {0, 1, 2, 3, 4, 5}
    assert FLOORS["agent.engine"] == 1


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_imports_point_down(source: Source) -> None:
    here = _floor(source.name)
    if source.name == "agent":
        here = 0  # the package's own __init__ stands below all of its rooms
    assert here is not None, f"docs/architecture.md gives {source.name} no floor"
    up = [
        f"{source.path.relative_to(PROJECT)}:{line} imports {target} (floor {floor})"
        for line, target in source.imports()
        if target.partition(".")[0] in PACKAGES
        if (floor := _floor(target)) is None or floor > here
    ]
    assert not up, f"floor {here} reaches up:\n" + "\n".join(up)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_rooms_that_do_not_know_each_other(source: Source) -> None:
    wrong = [
        f"{source.path.relative_to(PROJECT)}:{line} imports {target}"
        for who, whom in STRANGERS
        if _within(source.name, who)
        for line, target in source.imports()
        if _within(target, whom)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "source",
    [source for source in SOURCES if (_floor(source.name) or 0) in PURE],
    ids=lambda source: source.name,
)
def test_pure_floors_hold_no_clock_chance_thread_socket_or_file(source: Source) -> None:
    wrong = [
        f"{source.path.relative_to(PROJECT)}:{line} imports {target}"
        for line, target in source.imports()
        if any(_within(target, module) for module in IMPURE_MODULES)
    ]
    for node in _run_when_imported(source.tree):
        if isinstance(node, ast.Call) and _reads_the_world(node.func):
            wrong.append(
                f"{source.path.relative_to(PROJECT)}:{node.lineno} calls {ast.unparse(node.func)}"
            )
    assert not wrong, "\n".join(wrong)


def _run_when_imported(tree: ast.Module) -> Iterator[ast.AST]:
    """All but what stands under `if __name__ == "__main__"`: that is a tool, run by hand."""
    for statement in tree.body:
        if not (isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)):
            yield from ast.walk(statement)


def _reads_the_world(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in {"open", "input", "print"}
    return (
        isinstance(function, ast.Attribute)
        and function.attr in IMPURE_CALLS
        and ast.unparse(function.value)
        in {"datetime", "date", "datetime.datetime", "datetime.date"}
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_module_is_short_and_says_what_it_is_for(source: Source) -> None:
    path = source.path.relative_to(PROJECT).as_posix()
    if source.text.strip():
        assert ast.get_docstring(source.tree), f"{path} does not say what it is for"
    lines = source.text.count("\n")
    if path in LONGER:
        assert lines > MAX_LINES, f"{path} needs no exception any more"
    else:
        assert lines <= MAX_LINES, f"{path} has {lines} lines: look for the second idea in it"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_module_has_a_name_of_its_own(source: Source) -> None:
    assert source.name.rpartition(".")[2] not in NAMES_WITHOUT_A_HOME


def test_no_other_distribution_claims_our_import_names() -> None:
    installed = packages_distributions()
    claimed = {name: set(installed.get(name, ())) - {OURS} for name in PACKAGES}
    assert not any(claimed.values()), claimed


def test_rules_see_a_breach() -> None:
    """The rules above are worth something only if they can fail."""
    tree = ast.parse("from datetime import datetime\nimport time\nx = datetime.now()\n")
    breach = Source("agent.engine.breach", PROJECT / "agent/engine/breach.py", "", tree)
    assert (2, "time") in set(breach.imports())
    assert any(isinstance(n, ast.Call) and _reads_the_world(n.func) for n in ast.walk(tree))
    assert _floor("agent.adapters.http") == 4
    assert _floor("agent.engine.breach") == 1
    assert _floor("counterparts.server") == 4
    assert _floor("counterparts.cslu") == 1

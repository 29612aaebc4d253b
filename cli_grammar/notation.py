"""The notation of grammar files: read a `.cli` text into rows, and say exactly what is wrong in it.

Indentation is the tree. A row is one token with its help and its options:

    mode config "Configure commands:" prompt config privilege 15
    license                      "Configure license features"
      smart                      "Smart licensing"
        transport                "Transport type"       no => native/license/smart/transport-type
          off                    "No communication"     => native/license/smart/transport-type = Off
        usage                    "Usage reporting"
          interval               "Reporting interval"
            <days:1-3650>        "Days" => native/license/smart/usage/interval = <days>

A token is a keyword or a placeholder `<name:kind>` (kinds: placeholders.py, or a range `1-3650`).
A row without help opens a token again that an earlier row, perhaps of another file, has made.
A token `{LIST} ""` is one keyword for each word of a list that the platform brings, with the help
from there; `{}` in its constants and values is that word.
`#` starts a comment line. Options of a row, in any order:

    => PATH [= VALUE]   the line sets this; VALUE is a constant, `true`, `false` or `<placeholder>`;
                        without a value a container or a row of a list is made present. What the
                        rows on the way set is set too. `<if.type>` takes an attribute of a value,
                        `list[<a>,<b>]` makes one key of two values.
    also PATH = VALUE   set too, but no part of how a configuration prints the line
    adds PATH = VALUE   the line adds a value to a leaf-list
    clears PATH         the line deletes this first (alternatives that exclude each other)
    -> HANDLER k=v ...  a handler answers; a `=>` beside it only says how the line is stored
    accepts             the line is accepted and changes nothing
    enter MODE          the line enters a mode; its `=>` is the base of paths that start with `./`
    says "TEXT"         printed after the change
    lacking "TEXT"      said of a line that ends here too early, for `% Incomplete command.`
    <cr>                a line may end here though more may follow
    no => PATH [= VALUE]   what `no` does here and below; the rest of the line may then be left out
    no -> HANDLER k=v ...  or: a handler answers `no`
    no never            there is no `no` form here or below
    since R, until R, in SPAN,...   releases; platforms A,B   kinds or families; privilege N
    hidden              works, is not shown
    emulator            not part of the device: a strict console has none
    printed TEXT        how a configuration prints the token, where that differs
    quiet               never printed in a configuration (another spelling)
    usual               a default: printed only among all that is in force
    alone               what the row sets is set where the line ends here, not by longer lines
    piped               output modifiers may follow
    prefix              stands before another line (`no`, `default`, `do`)

Without an own `no`, a row that sets something is undone by deleting that, and a value that is
merely written may be left out. `block NAME` holds rows that `use NAME` puts in several places.
A mode's header may carry `parent MODE`, `prompt TEXT`, `privilege N`, and for printing its block
`head "LINE"` before it, `note "LINES"` at its top, `foot "LINE"` after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cli_grammar.errors import GrammarError
from cli_grammar.placeholders import Placeholder, placeholder
from cli_grammar.tree import Part, PathStep, PathTemplate, Setting, Target

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')
_PLACEHOLDER = re.compile(r"<([a-z_]+):([a-z0-9-]+)>")
_REFERENCE = re.compile(r"<([a-z_]+)(?:\.([a-z]+))?>")
_STEP = re.compile(r"([^/\[\]]+)(?:\[([^\]]+)\])?(?:/|$)")
_CONSTANT = re.compile(r"[a-z_]+=\S+")
_LIST = re.compile(r"\{([a-z-]+)\}")
WORD = "{}"  # in constants and values of a row that stands for the words of a list
_FLAGS = frozenset(
    {"hidden", "emulator", "piped", "quiet", "usual", "prefix", "accepts", "alone", "<cr>"}
)


@dataclass(slots=True)
class Row:
    """One row as read, before releases and platforms are chosen."""

    token: str
    help: str
    where: str
    placeholder: Placeholder | None = None
    words_of: str = ""  # the list of words it stands for
    flags: set[str] = field(default_factory=set)
    spans: tuple[str, ...] = ()
    platforms: frozenset[str] = frozenset()
    privilege: int | None = None
    settings: list[Setting] = field(default_factory=list)
    handler: str = ""
    constants: dict[str, str] = field(default_factory=dict)
    enter: str = ""
    says: str = ""
    printed_as: str = ""
    lacking: str = ""
    no_form: Target | None = None
    no_never: bool = False
    children: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class ModeRows:
    """A mode as read."""

    name: str
    where: str
    title: str = ""
    prompt: str = ""
    parent: str = ""
    head: str = ""
    foot: str = ""
    note: str = ""
    privilege: int = 1
    top: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """All that was read, from all files."""

    modes: dict[str, ModeRows] = field(default_factory=dict)
    blocks: dict[str, list[Row]] = field(default_factory=dict)


def read(rows: Rows, name: str, text: str) -> None:
    """Read one file's text into `rows`. Raises GrammarError."""
    open_rows: list[tuple[int, list[Row]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        body = line.strip()
        if not body or body.startswith("#"):
            continue
        where = f"{name}:{number}"
        if "\t" in line:
            raise GrammarError(where, "a tab; indent with blanks")
        indent = len(line) - len(line.lstrip(" "))
        words = _WORD.findall(body)
        header = len(words) > 1 and not words[1].startswith('"')
        if indent == 0 and words[0] in ("mode", "block") and header:
            open_rows = [(-1, _section(rows, words, where))]
            continue
        if not open_rows:
            raise GrammarError(where, "a row before the first `mode` or `block`")
        while open_rows[-1][0] >= indent:
            open_rows.pop()
        siblings = open_rows[-1][1]
        if words[0] == "use" and len(words) == 2:
            if words[1] not in rows.blocks:
                raise GrammarError(where, f"unknown block {words[1]!r}")
            siblings.extend(rows.blocks[words[1]])
            continue
        row = _row(words, where, siblings)
        open_rows.append((indent, row.children))


def references(target: Target) -> Iterator[str]:
    """The names of the placeholders a target's settings use."""
    for setting in target.settings:
        parts: list[Part | None] = [setting.placeholder]
        for step in setting.path.steps:
            parts += [step.name, *step.key]
        for part in parts:
            if isinstance(part, tuple):
                yield part[0]


def _section(rows: Rows, words: list[str], where: str) -> list[Row]:
    name = words[1]
    if words[0] == "block":
        if name in rows.blocks:
            raise GrammarError(where, f"block {name!r} is there already")
        return rows.blocks.setdefault(name, [])
    mode = rows.modes.setdefault(name, ModeRows(name, where))
    at = 2
    while at < len(words):
        word = words[at]
        if word.startswith('"'):
            mode.title = _unquoted(word)
            at += 1
            continue
        if word not in ("prompt", "parent", "head", "foot", "note", "privilege") or at + 1 == len(
            words
        ):
            raise GrammarError(where, f"unknown option of a mode: {word!r}")
        value = _unquoted(words[at + 1])
        if word == "privilege":
            mode.privilege = _number(value, where)
        else:
            setattr(mode, word, value)
        at += 2
    return mode.top


def _row(words: list[str], where: str, siblings: list[Row]) -> Row:
    token, rest = words[0], words[1:]
    help_text = None
    if rest and rest[0].startswith('"'):
        help_text = _unquoted(rest.pop(0))
    if help_text is None:
        if rest:
            raise GrammarError(where, f"{token!r} has options but no help")
        for row in siblings:
            if row.token == token:
                return row
        raise GrammarError(where, f"{token!r} has no help and is not there yet")
    row = Row(token, help_text, where)
    if token.startswith("<"):
        row.placeholder = _placeholder(token, where)
    if named := _LIST.fullmatch(token):
        row.words_of = named[1]
    _options(row, rest)
    for other in siblings:
        if other.token == token and not (other.spans or other.platforms):
            raise GrammarError(where, f"{token!r} is there already ({other.where})")
    siblings.append(row)
    return row


def _placeholder(token: str, where: str) -> Placeholder:
    found = _PLACEHOLDER.fullmatch(token)
    if not found:
        raise GrammarError(where, f"{token!r} is not a placeholder of the form <name:kind>")
    try:
        made = placeholder(found[1], found[2])
    except ValueError as error:
        raise GrammarError(where, str(error)) from None
    if made is None:
        raise GrammarError(where, f"{token!r}: unknown kind {found[2]!r}")
    return made


def _options(row: Row, words: list[str]) -> None:
    at = 0
    while at < len(words):
        word = words[at]
        if word in _FLAGS:
            row.flags.add(word)
            at += 1
            continue
        if at + 1 == len(words):
            raise GrammarError(row.where, f"unknown option, or one without its value: {word!r}")
        value = _unquoted(words[at + 1])
        at += 2
        match word:
            case "=>" | "also" | "adds" | "clears":
                setting, at = _setting(word, value, words, at, row.where)
                row.settings.append(setting)
            case "->":
                row.handler = value
                row.constants, at = _constants(words, at)
            case "no":
                at = _no(row, value, words, at)
            case "since":
                row.spans += (f"{value}..",)
            case "until":
                row.spans += (f"..{value}",)
            case "in":
                row.spans += tuple(value.split(","))
            case "platforms":
                row.platforms = frozenset(value.split(","))
            case "privilege":
                row.privilege = _number(value, row.where)
            case "printed":
                row.printed_as = value
            case "enter":
                row.enter = value
            case "says":
                row.says = value
            case "lacking":
                row.lacking = value
            case _:
                raise GrammarError(row.where, f"unknown option {word!r}")


def _no(row: Row, value: str, words: list[str], at: int) -> int:
    """Read what follows `no`; `at` is the place behind the first word after it."""
    if value == "never":
        row.no_never = True
        return at
    if value not in ("=>", "->") or at == len(words):
        raise GrammarError(row.where, f"unknown form after no: {value!r}")
    first = words[at]
    if value == "->":
        constants, at = _constants(words, at + 1)
        row.no_form = Target(handler=first, constants=constants)
        return at
    setting, at = _setting("=>", first, words, at + 1, row.where)
    if setting.value is None and setting.placeholder is None:
        setting = Setting("delete", setting.path)
    earlier = row.no_form.settings if row.no_form else ()
    row.no_form = Target(settings=(*earlier, setting))
    return at


def _setting(word: str, path: str, words: list[str], at: int, where: str) -> tuple[Setting, int]:
    template = _path(path, where)
    if word == "clears":
        return Setting("delete", template), at
    operation = "add" if word == "adds" else "set"
    printed = word != "also"
    if at + 1 < len(words) and words[at] == "=":
        value = words[at + 1]
        reference = _REFERENCE.fullmatch(value)
        if reference:
            part = (reference[1], reference[2] or "")
            return Setting(operation, template, placeholder=part, printed=printed), at + 2
        return Setting(operation, template, _constant(_unquoted(value)), printed=printed), at + 2
    if word != "=>":
        raise GrammarError(where, f"`{word}` needs a value")
    return Setting(operation, template), at


def _path(text: str, where: str) -> PathTemplate:
    relative = text.startswith("./")
    rest = text.removeprefix("./")
    steps = []
    position = 0
    while position < len(rest):
        found = _STEP.match(rest, position)
        if not found:
            raise GrammarError(where, f"{text!r} is not a path")
        key = () if found[2] is None else tuple(_part(p, where) for p in found[2].split(","))
        steps.append(PathStep(_part(found[1], where), key))
        position = found.end()
    if not steps:
        raise GrammarError(where, f"{text!r} is not a path")
    return PathTemplate(tuple(steps), relative)


def _part(text: str, where: str) -> Part:
    reference = _REFERENCE.fullmatch(text)
    if reference:
        return (reference[1], reference[2] or "")
    if "<" in text or ">" in text:
        raise GrammarError(where, f"{text!r} is not a placeholder")
    return text


def _constants(words: list[str], at: int) -> tuple[dict[str, str], int]:
    constants = {}
    while at < len(words) and _CONSTANT.fullmatch(words[at]):
        name, _, value = words[at].partition("=")
        constants[name] = value
        at += 1
    return constants, at


def each_word(row: Row, words: tuple[tuple[str, str], ...]) -> Iterator[Row]:
    """The row for each (word, help) of the list it stands for, in that order."""
    for word, help_text in words:
        constants = {k: v.replace(WORD, word) for k, v in row.constants.items()}
        settings = [
            replace(one, value=_constant(word)) if one.value == WORD else one
            for one in row.settings
        ]
        yield replace(
            row,
            token=word,
            help=help_text,
            words_of="",
            constants=constants,
            settings=settings,
        )


def _constant(text: str) -> str | int | bool:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text


def _number(text: str, where: str) -> int:
    if not text.isdigit() or int(text) > 15:
        raise GrammarError(where, f"{text!r} is not a privilege level")
    return int(text)


def _unquoted(word: str) -> str:
    if not word.startswith('"') or len(word) < 2:
        return word
    return word[1:-1].replace('\\"', '"').replace("\\n", "\n")

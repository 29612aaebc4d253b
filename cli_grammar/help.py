"""What `?` and Tab show: the next words of a line, or the words a part of one may stand for.

Two leading blanks, the words padded to the widest plus two, `<cr>` last. # source: help-layout
"""

from __future__ import annotations

from dataclasses import replace

from cli_grammar.match import EXEC, keywords_fitting, words_of
from cli_grammar.placeholders import Miss, Word, number_of
from cli_grammar.tree import Grammar, Node

UNRECOGNIZED = "% Unrecognized command"
CR = "<cr>"
_MODIFIERS = (
    ("append", "Append redirected output to URL (URLs supporting append operation only)"),
    ("begin", "Begin with the line that matches"),
    ("count", "Count number of lines which match regexp"),
    ("exclude", "Exclude lines that match"),
    ("format", "Format the output using the specified spec file"),
    ("include", "Include lines that match"),
    ("redirect", "Redirect output to URL"),
    ("section", "Filter a section of output"),
    ("tee", "Copy output to URL"),
)

Place = tuple[Node, bool]  # a token reached, and whether `no` or `default` stands before the line


def help_for(grammar: Grammar, mode: str, line: str, privilege: int = 15) -> str:
    """The text `?` prints after `line`, lines joined by newlines.

    A blank (or nothing) before the `?` asks for the next words, a glued `?` for the fitting ones.
    """
    glued = bool(line) and not line[-1].isspace()
    _, pipe, filters = line.partition(" | ")
    if pipe:
        return _modifiers(filters, glued)
    words = words_of(line)
    typed = words.pop().text if glued else ""
    places = _places(grammar, mode, line, words, privilege)
    if not places:
        return UNRECOGNIZED
    if glued:
        return _fitting_words(places, typed, privilege, words)
    rows: dict[str, str] = {}
    ends = piped = False
    for node, negated in places:
        for child in _shown(node, privilege, negated):
            rows.update(_rows_of(child))
        rows.update(_further(node, words))
        if node.token and (node.negation if negated else node.target):
            ends = True
            piped = piped or (node.piped and not negated)
    listed = sorted(rows.items())
    if piped:
        listed.append(("|", "Output modifiers"))
    if ends:
        listed.append((CR, CR))
    if not listed:  # all that may follow is hidden
        return UNRECOGNIZED
    text = _table(listed)
    return text if words else f"{grammar.modes[mode].title}\n{text}"


def complete(grammar: Grammar, mode: str, line: str, privilege: int = 15) -> str | None:
    """The line with its last word completed and a blank behind it, or None."""
    if not line or line[-1].isspace():
        return None
    words = words_of(line)
    last = words.pop()
    at = mode
    while at:
        found = {
            name
            for place in _places_in(grammar, at, line, words, privilege)
            for name in _names(place, last.text, privilege)
        }
        if found:
            return line[: last.column] + found.pop() + " " if len(found) == 1 else None
        at = grammar.modes[at].parent
    return None


def _names(place: Place, typed: str, privilege: int) -> list[str]:
    """The keywords and named values that `typed` may stand for."""
    node, negated = place
    fitting = [child.token for child in keywords_fitting(node, typed, privilege, negated)]
    return fitting or [
        name
        for value in node.values
        if value.placeholder and value.privilege <= privilege
        for name in value.placeholder.choices
        if name.lower().startswith(typed.lower())
    ]


def _places(
    grammar: Grammar, mode: str, line: str, words: list[Word], privilege: int
) -> list[Place]:
    """The tokens that `words` lead to, in the mode or else in a mode around it."""
    at = mode
    while at:
        places = _places_in(grammar, at, line, words, privilege)
        if places:
            return places
        at = grammar.modes[at].parent
    return []


def _places_in(
    grammar: Grammar, mode: str, line: str, words: list[Word], privilege: int
) -> list[Place]:
    return _follow(grammar, mode, line, words, 0, grammar.modes[mode].root, privilege, False)


def _follow(
    grammar: Grammar,
    mode: str,
    line: str,
    words: list[Word],
    at: int,
    node: Node,
    privilege: int,
    negated: bool,
) -> list[Place]:
    if at == len(words):
        return [(node, negated)]
    fitting = keywords_fitting(node, words[at].text, privilege, negated)
    if len(fitting) == 1:
        child = fitting[0]
        if child.prefix:
            mode = EXEC if child.token == "do" else mode
            root = grammar.modes[mode].root
            negated = child.token != "do"
            return _follow(grammar, mode, line, words, at + 1, root, privilege, negated)
        return _follow(grammar, mode, line, words, at + 1, child, privilege, negated)
    places: list[Place] = []
    for value in node.values if not fitting else ():
        if value.placeholder is None or value.privilege > privilege:
            continue
        found = value.placeholder.read(line, words, at)
        if found is Miss.SHORT and at + 1 == len(words):
            places += [(awaited, negated) for awaited in _awaiting_number(value, words[at].text)]
        elif not isinstance(found, Miss):
            places += _follow(grammar, mode, line, words, at + found[1], value, privilege, negated)
    return places


def _awaiting_number(value: Node, typed: str) -> list[Node]:
    """A token below which stands the number of the interface type that was typed."""
    assert value.placeholder
    number = number_of(typed, value.placeholder.read)
    if number is None:
        return []
    awaited = replace(value, help=f"{number.name} interface number", placeholder=number)
    return [Node("", "", value.where, children=(awaited,), values=(awaited,))]


def _shown(node: Node, privilege: int, negated: bool) -> list[Node]:
    return [
        child
        for child in node.children
        if child.privilege <= privilege
        and not child.hidden
        and not (negated and (child.prefix or not _undoable(child)))
    ]


def _undoable(node: Node) -> bool:
    return node.negation is not None or any(_undoable(child) for child in node.children)


def _rows_of(node: Node) -> dict[str, str]:
    if node.placeholder and node.placeholder.choices:
        return dict(node.placeholder.choices)
    return {node.symbol: node.help}


def _further(node: Node, words: list[Word]) -> dict[str, str]:
    """The names that may still follow, where several of a placeholder's may stand."""
    if node.placeholder is None or not node.placeholder.several:
        return {}
    typed = {word.text.lower() for word in words}
    return {name: said for name, said in node.placeholder.choices.items() if name not in typed}


def _fitting_words(places: list[Place], typed: str, privilege: int, before: list[Word]) -> str:
    """`show  sh...` in one line; a placeholder's symbol where only a value fits."""
    words: list[str] = []
    for node, negated in places:
        words += [n for n in _further(node, before) if n.startswith(typed.lower())]
        fitting = [c for c in _shown(node, privilege, negated) if not c.placeholder]
        words += [c.token for c in fitting if c.token.lower().startswith(typed.lower())]
        for value in node.values if not words else ():
            if value.placeholder is None:
                continue
            if value.placeholder.choices:
                names = value.placeholder.choices
                words += [name for name in names if name.lower().startswith(typed.lower())]
            elif not isinstance(value.placeholder.read(typed, [Word(typed, 0)], 0), Miss):
                words.append(value.symbol)
    return "  ".join(sorted(words)) if words else UNRECOGNIZED


def _modifiers(filters: str, glued: bool) -> str:
    """Help behind the pipe."""
    words = filters.split()
    if glued:
        typed = words.pop() if words else ""
        fitting = [name for name, _ in _MODIFIERS if name.startswith(typed)] if not words else []
        return "  ".join(fitting) or "LINE"
    return _table(list(_MODIFIERS)) if not words else _table([("LINE", "Regular Expression")])


def _table(rows: list[tuple[str, str]]) -> str:
    width = max((len(word) for word, _ in rows), default=0) + 2
    return "\n".join(f"  {word:<{width}}{text}".rstrip() for word, text in rows)

"""What can be wrong with a grammar file: one error, which names the file and the line."""

from __future__ import annotations


class GrammarError(Exception):
    """A grammar file cannot be used. `where` is `file:line`."""

    def __init__(self, where: str, what: str) -> None:
        self.where, self.what = where, what
        super().__init__(where, what)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"

"""Every line of the grammar: one for each way from a mode's root to a place where a line may end.

Placeholders stand with an example of their kind. Tests match each line in full and abbreviated to
its shortest unique words; `scripts/permutations` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cli_grammar.match import keywords_fitting
from cli_grammar.placeholders import Placeholder
from cli_grammar.tree import Branch, Grammar, Node, branches

_EXAMPLES: Mapping[str, str] = {
    "word": "WORD-x1",
    "name": "Name-x1",
    "line": "some text of 3 words",
    "delimited": "^Ctext^C",
    "url": "http://192.0.2.1:8182/cslu/v1/pi",
    "file": "flash:file.txt",
    "ipv4": "192.0.2.1",
    "season": "last Sun Mar 2:00 last Sun Oct 3:00",
    "dates": "Mar 29 2026 2:00 Oct 25 2026 3:00",
    "ipv6-prefix": "2001:DB8::1/64",
    "mask": "255.255.255.0",
    "network": "192.0.2.0",
    "host": "host.example",
    "duration": "10m",
    "time": "10:20:30",
    "month": "oct",
    "offset": "-5",
    "severity": "warnings",
    "alert-severity": "major",
    "weekday": "monday",
    "ssh-ciphers": "aes256-gcm aes128-ctr",
    "ssh-host-keys": "rsa-sha2-512 ssh-rsa",
    "ssh-kex": "ecdh-sha2-nistp521",
    "ssh-macs": "hmac-sha2-512 hmac-sha2-256",
    "tls-suites": "rsa-aes-gcm-sha2 tls13-aes256-gcm-sha384",
    "hex": "1F2E3D4C",
    "clock": "09:15",
    "interface": "Loopback7",
}


@dataclass(frozen=True, slots=True)
class Permutation:
    """One line; `branch` is the way it takes, `negated` lines stand behind `no`."""

    mode: str
    branch: Branch
    negated: bool = False

    @property
    def line(self) -> str:
        """The line in full."""
        return self._joined(node.token for node in self.branch)

    def shortest(self, grammar: Grammar, privilege: int = 15) -> str:
        """The line with each keyword cut to its shortest unique beginning."""
        words = []
        above = grammar.modes[self.mode].root
        for node in self.branch:
            words.append(_shortest(above, node, privilege, self.negated))
            above = node
        return self._joined(words)

    def _joined(self, tokens: Iterator[str] | list[str]) -> str:
        words = [
            example(node.placeholder) if node.placeholder else token
            for node, token in zip(self.branch, tokens, strict=True)
        ]
        return " ".join(["no", *words] if self.negated else words)


def permutations(grammar: Grammar, mode: str) -> Iterator[Permutation]:
    """All lines of a mode, `no` forms included; not those behind `do` or of a mode around it."""
    for branch in branches(grammar.modes[mode].root):
        node = branch[-1]
        if node.target:
            yield Permutation(mode, branch)
        if node.negation:
            yield Permutation(mode, branch, negated=True)


def example(kind: Placeholder) -> str:
    """A word or words that are a value of this kind."""
    return _EXAMPLES.get(kind.kind) or kind.kind.partition("-")[0]


def _shortest(above: Node, node: Node, privilege: int, negated: bool) -> str:
    for length in range(1, len(node.token)):
        fitting = keywords_fitting(above, node.token[:length], privilege, negated)
        if fitting == [node]:
            return node.token[:length]
    return node.token

"""A fleet: many nodes, one heap of deadlines, one order.

A node is anything with `next_deadline()` and `wake(now)`: a device, a counterpart, a network.
The next node is the one with the smallest (instant, node number, sequence), so the same fleet
plays the same way every time. An entry in the heap is stale when its node has been touched since;
stale entries are dropped when they come up. No clock is needed here.

A bug in one node is not the others' end: where `on_fault` is given it is told, and that node's
deadlines are played no more.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

from agent.core.clock import Instant

# a node that wants to be woken again and again at one instant has a bug; say so instead of hanging
MAX_WAKES_AT_ONE_INSTANT = 10_000


class Node(Protocol):
    def next_deadline(self) -> Instant | None: ...

    def wake(self, now: Instant) -> None: ...


class Fleet:
    """The nodes of a lab in the order they were added."""

    def __init__(self, on_fault: Callable[[Node, Exception], None] | None = None) -> None:
        """Without `on_fault` what a node raises goes to whoever plays."""
        self.nodes: list[Node] = []
        self._numbers: dict[int, int] = {}  # id(node) -> number; nodes live as long as the fleet
        self._versions: list[int] = []
        self._scheduled: list[Instant | None] = []
        self._heap: list[tuple[Instant, int, int]] = []
        self._on_fault = on_fault
        self._stopped: set[int] = set()  # the nodes that a bug took out
        self.played: Instant | None = None
        self._wakes = 0  # at the instant played last

    def add(self, node: Node) -> int:
        """Take in a node; its number is its place in the order of equal deadlines."""
        number = len(self.nodes)
        self.nodes.append(node)
        self._numbers[id(node)] = number
        self._versions.append(0)
        self._scheduled.append(None)
        self._schedule(number)
        return number

    def touch(self, node: Node) -> None:
        """The node's deadline may have changed: look at it again."""
        self._schedule(self._numbers[id(node)])

    def peek(self) -> Instant | None:
        """The earliest deadline of all nodes, or None."""
        heap = self._heap
        while heap:
            instant, number, version = heap[0]
            if version == self._versions[number]:
                return instant
            heapq.heappop(heap)
        return None

    def step(self, until: Instant | None = None) -> tuple[Instant, Node] | None:
        """Wake the next due node and return it with its instant.

        A deadline that was set into the past is played at the instant reached. None when nothing
        is due up to and including `until`. RuntimeError when nodes wake endlessly at one instant.
        """
        instant = self.peek()
        if instant is None or (until is not None and instant > until):
            return None
        _, number, _ = heapq.heappop(self._heap)
        self._scheduled[number] = None
        instant = self._reach(instant, number)
        node = self.nodes[number]
        try:
            node.wake(instant)
            self._schedule(number)
        except Exception as fault:  # whatever it is, it is this node's alone
            if self._on_fault is None:
                raise
            self._stopped.add(number)
            self._on_fault(node, fault)
        return instant, node

    def run_until(self, until: Instant) -> int:
        """Play every deadline up to and including `until`; returns how many there were."""
        steps = 0
        while self.step(until) is not None:
            steps += 1
        return steps

    def _schedule(self, number: int) -> None:
        if number in self._stopped:
            return
        deadline = self.nodes[number].next_deadline()
        if deadline == self._scheduled[number]:
            return
        self._versions[number] += 1
        self._scheduled[number] = deadline
        if deadline is not None:
            heapq.heappush(self._heap, (deadline, number, self._versions[number]))

    def _reach(self, instant: Instant, number: int) -> Instant:
        if self.played is None or instant > self.played:
            self.played, self._wakes = instant, 0
        self._wakes += 1
        if self._wakes > MAX_WAKES_AT_ONE_INSTANT + 100 * len(self.nodes):
            raise RuntimeError(f"node {number} ({self.nodes[number]!r}) never leaves {instant}")
        return self.played

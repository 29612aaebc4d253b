"""All reports a device knows, by id: those it still has, and a row of each that is done with.

An acknowledged or purged report is only listed any more. It becomes a row of some twenty bytes and
turns back into a RumReport for who asks; its count and its lines are gone with its storage. Rows
count from the first report of the store, its licence and its fate are numbers in two short tables.
"""

from __future__ import annotations

from collections.abc import (
    ItemsView,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    ValuesView,
)
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from agent.core.clock import SECOND
from agent.engine.packed import Chained
from agent.engine.records import EXIST, RumReport, RumState, StorageState

_Row = list[int | None]
_Fate = tuple[RumState, StorageState, str, str]  # with its flag and why it was closed


@dataclass(slots=True, eq=False)
class Reports(MutableMapping[int, RumReport]):
    """A mapping like any other, in ascending order; `kept` are the ones whose storage exists.

    Instants of a row are whole seconds, as those of lines are, but for sending and acknowledging.
    """

    kept: dict[int, RumReport] = field(default_factory=dict)
    done: Chained = field(default_factory=Chained)
    licences: tuple[tuple[str, str], ...] = ()  # tag and feature
    fates: tuple[_Fate, ...] = ()
    first_id: int = 0
    first_opened: int = 0  # in seconds
    newest_done: int = 0  # an id

    @classmethod
    def of(cls, reports: Iterable[RumReport]) -> Reports:
        """These reports, oldest first."""
        made = cls()
        for report in reports:
            made[report.report_id] = report
        return made

    def last_of(self, tag: str) -> RumReport | None:
        """The newest report of a licence's chain."""
        for report in reversed(self.kept.values()):
            if report.entitlement_tag == tag:
                if report.report_id > self.newest_done:
                    return report
                break
        chain = (r for r in self.values() if r.entitlement_tag == tag)
        return max(chain, key=lambda report: report.report_id, default=None)

    def forget(self, number: int) -> None:
        """Take away the oldest rows of reports that are done with."""
        self.done.drop(number)

    def give_back_room(self) -> None:
        """Many reports are done with: a table that was emptied keeps its room."""
        self.kept = {number: report for number, report in self.kept.items()}  # noqa: C416

    def get(self, report_id: int, default: Any = None) -> Any:
        """The report with this id; `default` where there is none."""
        report = self.kept.get(report_id)
        return MutableMapping.get(self, report_id, default) if report is None else report

    def __getitem__(self, report_id: int) -> RumReport:
        report = self.kept.get(report_id)
        if report is not None:
            return report
        wanted = report_id - self.first_id
        for row in self.done:
            if row[0] == wanted:
                return self._report(row)
        raise KeyError(report_id)

    def __setitem__(self, report_id: int, report: RumReport) -> None:
        if report.storage is EXIST:
            self.kept[report_id] = report
            return
        self.kept.pop(report_id, None)
        if not self.first_id:
            self.first_id, self.first_opened = report_id, report.opened // SECOND
        row = self._row(report)
        if report_id > self.newest_done:
            self.done.append(row)
            self.newest_done = report_id
        else:
            others = (other for other in self.done if other[0] != row[0])
            self.done.refill(sorted((*others, row), key=lambda row: row[0] or 0))

    def __delitem__(self, report_id: int) -> None:
        if self.kept.pop(report_id, None) is None:
            if report_id not in self:
                raise KeyError(report_id)
            gone = report_id - self.first_id
            self.done.refill([row for row in self.done if row[0] != gone])

    def __iter__(self) -> Iterator[int]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self.kept) + self.done.count

    def values(self) -> ValuesView[RumReport]:
        return self._whole().values()

    def items(self) -> ItemsView[int, RumReport]:
        return self._whole().items()

    def _whole(self) -> Mapping[int, RumReport]:
        if not self.done.count:
            return self.kept
        whole = {report.report_id: report for report in map(self._report, self.done)}
        mixed = next(iter(self.kept), self.newest_done + 1) < self.newest_done
        whole.update(self.kept)
        return dict(sorted(whole.items())) if mixed else whole

    # --- rows ---------------------------------------------------------------------------------

    def _row(self, report: RumReport) -> _Row:
        number, closed = report.report_id, report.closed
        opened = report.opened // SECOND
        ended = report.opened if closed is None else closed
        handed = ended if report.sent is None else report.sent
        return [
            number - self.first_id,
            self._licence((report.entitlement_tag, report.feature)),
            self._fate((report.state, report.storage, report.flag, report.close_reason)),
            opened - self.first_opened,
            None if closed is None else closed // SECOND - opened,
            None if report.sent is None else report.sent - ended,
            None if report.acked is None else report.acked - handed,
            number - report.previous_id if report.previous_id else 0,
            report.next_id - number if report.next_id else 0,
        ]

    def _licence(self, licence: tuple[str, str]) -> int:
        if licence not in self.licences:
            self.licences = (*self.licences, _shared(licence))
        return self.licences.index(licence)

    def _fate(self, fate: _Fate) -> int:
        if fate not in self.fates:
            self.fates = (*self.fates, _shared(fate))
        return self.fates.index(fate)

    def _report(self, row: list[int]) -> RumReport:
        offset, licence, fate, since, lasted, sent, acked, back, on = row
        number, opened = self.first_id + offset, (self.first_opened + since) * SECOND
        tag, feature = self.licences[licence]
        state, storage, flag, reason = self.fates[fate]
        closed = None if lasted is None else opened + lasted * SECOND
        ended = opened if closed is None else closed
        handed = ended if sent is None else ended + sent
        return RumReport(
            report_id=number,
            entitlement_tag=tag,
            feature=feature,
            state=state,
            opened=opened,
            count=0,
            measured_since=opened,
            closed=closed,
            close_reason=reason,
            sent=None if sent is None else handed,
            acked=None if acked is None else handed + acked,
            previous_id=number - back if back else 0,
            next_id=number + on if on else 0,
            flag=flag,
            storage=storage,
        )


@lru_cache(maxsize=4096)
def _shared(item: Any) -> Any:
    """The same object for the same words, for all devices."""
    return item

"""The counterparts' records in SQL: one SQLite database each, in a file or in memory.

A transaction commits before a reply leaves; with write-ahead logging a killed process loses
nothing that was committed. The schema has a version row: a database of another version, of another
counterpart or a damaged file is refused with an InputError that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from counterparts import tables
from counterparts.repository import (
    IssuedAuthorization,
    IssuedTrust,
    Parcel,
    ParcelState,
    ProductInstance,
    PulledInstance,
    Token,
    Upload,
    Usage,
)

SCHEMA_VERSION = "1"
IN_MEMORY = "sqlite://"

Found = TypeVar("Found")
Row = TypeVar(
    "Row",
    ProductInstance,
    Usage,
    IssuedTrust,
    IssuedAuthorization,
    Upload,
    Parcel,
    PulledInstance,
    Token,
)


class SqlRecords:
    """What both counterparts keep; the shared part of their records."""

    kind = ""
    meta: sa.MetaData

    def __init__(self, url: str) -> None:
        """Open or make the database at an SQLAlchemy URL. Raises InputError when it is no use."""
        self._url = url
        self._settings = self.meta.tables["setting"]
        self._instances = self.meta.tables["product_instance"]
        # of the transaction that is under way: rows by kind and key, instances not yet written
        self._seen: dict[tuple[object, ...], Any] = {}
        self._unwritten: dict[Udi, ProductInstance] = {}
        self._engine = sa.create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": 2}
        )
        sa.event.listen(self._engine, "connect", _prepare)
        try:
            self._connection = self._engine.connect()
            self._check_schema()
        except sa.exc.DatabaseError as error:
            self._engine.dispose()
            raise InputError(f"cannot be used: {error.orig}", where=url) from None
        except InputError:
            self.close()
            raise

    def close(self) -> None:
        """Give the database free."""
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when the block ends.

        In it a row is read once, and a product instance is written once, at the end.
        """
        try:
            with self._connection.begin():
                yield
                self._write_instances()
        finally:
            self._seen.clear()
            self._unwritten.clear()

    def setting(self, name: str) -> str | None:
        return self._once(("setting", name), lambda: self._read_setting(name))

    def _read_setting(self, name: str) -> str | None:
        query = tables.SETTING[self.kind]
        found = self._connection.execute(query, {"name": name}).scalar_one_or_none()
        return None if found is None else str(found)

    def set_setting(self, name: str, value: str) -> None:
        self._seen["setting", name] = value
        self._put(self._settings, {"name": name, "value": value})

    def take_number(self, name: str, first: int) -> int:
        """The next number of a series that starts with `first`."""
        key = f"next {name}"
        number = int(self.setting(key) or first)
        self.set_setting(key, str(number + 1))
        return number

    def instance(self, udi: Udi) -> ProductInstance | None:
        query = tables.of_udi(self._instances)
        return self._once(
            ("instance", udi),
            lambda: self._one(ProductInstance, query, pid=udi.pid, sn=udi.sn),
        )

    def instances(self) -> list[ProductInstance]:
        self._write_instances()
        table = self._instances
        return self._all(ProductInstance, sa.select(table).order_by(table.c.pid, table.c.sn))

    def save_instance(self, row: ProductInstance) -> None:
        self._seen["instance", row.udi] = self._unwritten[row.udi] = row

    def _write_instances(self) -> None:
        for row in self._unwritten.values():
            self._put(self._instances, _columns(row))
        self._unwritten.clear()

    def delete_instance(self, udi: Udi) -> None:
        self._write_instances()
        self._seen["instance", udi] = None
        table = self._instances
        gone = sa.and_(table.c.pid == udi.pid, table.c.sn == udi.sn)
        self._connection.execute(sa.delete(table).where(gone))

    def _check_schema(self) -> None:
        known = set(sa.inspect(self._connection).get_table_names())
        self._connection.rollback()
        wanted = f"{self.kind} {SCHEMA_VERSION}"
        with self.transaction():
            if not known:
                self.meta.create_all(self._connection)
                self.set_setting("schema", wanted)
                return
            found = self.setting("schema") if "setting" in known else None
            if found == wanted and known < set(self.meta.tables):
                self.meta.create_all(self._connection)
        if found != wanted:
            what = f"holds records of {found or 'something else'!r}"
            raise InputError(what, where=self._url, allowed=f"{wanted!r}, or a new file")

    def _once(self, key: tuple[object, ...], read: Callable[[], Found]) -> Found:
        """What was read or written under this key in this transaction, else what `read` gives."""
        if key not in self._seen:
            self._seen[key] = read()
        found: Found = self._seen[key]
        return found

    def _put(self, table: sa.Table, values: dict[str, Any]) -> None:
        """Insert a row or take its place."""
        self._connection.execute(tables.upsert(table), values)

    def _one(self, kind: type[Row], query: sa.Select[Any], **values: object) -> Row | None:
        found = self._connection.execute(query, values).mappings().first()
        return None if found is None else _row(kind, dict(found))

    def _all(self, kind: type[Row], query: sa.Select[Any], **values: object) -> list[Row]:
        rows = self._connection.execute(query, values).mappings()
        return [_row(kind, dict(found)) for found in rows]


class SqlCssmRecords(SqlRecords):
    """CSSM's records."""

    kind = "cssm"
    meta = tables.CSSM_META

    def usage(self, udi: Udi, report_id: int) -> Usage | None:
        return self._one(Usage, tables.USAGE_BY_ID, pid=udi.pid, sn=udi.sn, report_id=report_id)

    def all_usage(self) -> list[Usage]:
        order = (
            tables.USAGE.c.pid,
            tables.USAGE.c.sn,
            tables.USAGE.c.end,
            tables.USAGE.c.report_id,
        )
        return self._all(Usage, sa.select(tables.USAGE).order_by(*order))

    def add_usage(self, row: Usage) -> None:
        self._put(tables.USAGE, _columns(row))

    def trust(self, udi: Udi, trust_id: int) -> IssuedTrust | None:
        by_id = tables.TRUST_BY_ID
        return self._once(
            ("trust", udi, trust_id),
            lambda: self._one(IssuedTrust, by_id, pid=udi.pid, sn=udi.sn, trust_id=trust_id),
        )

    def trust_for(self, udi: Udi, request_nonce: str) -> IssuedTrust | None:
        """The code last issued for a request with this nonce."""
        return self._one(IssuedTrust, tables.TRUST_FOR, pid=udi.pid, sn=udi.sn, nonce=request_nonce)

    def add_trust(self, row: IssuedTrust) -> None:
        self._seen["trust", row.udi, row.trust_id] = row
        self._put(tables.TRUST, _columns(row))

    def uploads(self, poll_id: int) -> list[Upload]:
        return self._all(Upload, tables.UPLOADS, poll_id=poll_id)

    def upload_before(self, udi: Udi, poll_id: int) -> Upload | None:
        return self._one(Upload, tables.UPLOAD_BEFORE, pid=udi.pid, sn=udi.sn, poll_id=poll_id)

    def last_upload(self, udi: Udi | None) -> Upload | None:
        """The newest upload of a device, or of any."""
        if udi is None:
            return self._one(Upload, tables.LAST_UPLOAD)
        return self._one(Upload, tables.LAST_UPLOAD_OF, pid=udi.pid, sn=udi.sn)

    def add_upload(self, row: Upload) -> None:
        self._put(tables.UPLOAD, _columns(row))

    def forget_uploads(self, before: Instant) -> None:
        """Delete the ACKs of uploads received before."""
        self._connection.execute(sa.delete(tables.UPLOAD).where(tables.UPLOAD.c.received < before))

    def authorization(self, udi: Udi) -> IssuedAuthorization | None:
        """The last code issued to a unit."""
        return self._one(IssuedAuthorization, tables.LAST_AUTHORIZATION, pid=udi.pid, sn=udi.sn)

    def authorizations(self, udi: Udi) -> list[IssuedAuthorization]:
        """All codes issued to a unit, the oldest first."""
        table = tables.AUTHORIZATION
        mine = sa.and_(table.c.pid == udi.pid, table.c.sn == udi.sn)
        query = sa.select(table).where(mine).order_by(table.c.date_stamp)
        return self._all(IssuedAuthorization, query)

    def authorized(self) -> list[Udi]:
        """The units that were ever issued a code."""
        table = tables.AUTHORIZATION
        rows = self._all(IssuedAuthorization, sa.select(table).order_by(table.c.date_stamp))
        return list(dict.fromkeys(row.udi for row in rows))

    def save_authorization(self, row: IssuedAuthorization) -> None:
        self._put(tables.AUTHORIZATION, _columns(row))

    def token(self, text: str) -> Token | None:
        return self._one(Token, sa.select(tables.TOKEN).where(tables.TOKEN.c.token == text))

    def tokens(self) -> list[Token]:
        """All tokens, the oldest first."""
        order = (tables.TOKEN.c.created, tables.TOKEN.c.token)
        return self._all(Token, sa.select(tables.TOKEN).order_by(*order))

    def save_token(self, row: Token) -> None:
        self._put(tables.TOKEN, _columns(row))

    def seen_nonce(self, udi: Udi, nonce: str) -> bool:
        values = {"pid": udi.pid, "sn": udi.sn, "nonce": nonce}
        return self._connection.execute(tables.NONCE_SEEN, values).first() is not None

    def keep_nonce(self, udi: Udi, nonce: str, now: Instant) -> None:
        values = {"pid": udi.pid, "sn": udi.sn, "nonce": nonce, "received": now}
        self._put(tables.NONCE, values)

    def forget_nonces(self, before: Instant) -> None:
        """Delete the nonces of requests received before."""
        self._connection.execute(sa.delete(tables.NONCE).where(tables.NONCE.c.received < before))


class SqlCsluRecords(SqlRecords):
    """A CSLU's records."""

    kind = "cslu"
    meta = tables.CSLU_META

    def parcel(self, poll_id: int) -> Parcel | None:
        return self._once(
            ("parcel", poll_id),
            lambda: self._one(Parcel, tables.PARCEL_BY_ID, poll_id=poll_id),
        )

    def parcel_with_nonce(self, udi: Udi, nonce: str) -> Parcel | None:
        return self._one(Parcel, tables.PARCEL_WITH_NONCE, pid=udi.pid, sn=udi.sn, nonce=nonce)

    def parcel_before(self, udi: Udi, poll_id: int) -> Parcel | None:
        """The device's parcel before this one that has its ACK."""
        return self._one(Parcel, tables.PARCEL_BEFORE, pid=udi.pid, sn=udi.sn, poll_id=poll_id)

    def file_of_another(self, udi: Udi) -> str | None:
        """The newest ACK of any other device."""
        found = self._one(Parcel, tables.PARCEL_OF_ANOTHER, pid=udi.pid, sn=udi.sn)
        return found.licence_file if found else None

    def save_parcel(self, row: Parcel) -> None:
        self._seen["parcel", row.poll_id] = row
        self._put(tables.PARCEL, _columns(row))

    def undelivered(self, udi: Udi) -> list[Parcel]:
        """ACKs that wait for the device, oldest first."""
        return self._all(Parcel, tables.UNDELIVERED, pid=udi.pid, sn=udi.sn)

    def due_parcels(self, now: Instant) -> list[Parcel]:
        return self._all(Parcel, tables.DUE, now=now)

    def next_due(self) -> Instant | None:
        found = self._connection.execute(tables.NEXT_DUE).scalar_one()
        return None if found is None else int(found)

    def pulled(self, address: str) -> PulledInstance | None:
        table = tables.PULLED
        return self._one(PulledInstance, sa.select(table).where(table.c.address == address))

    def all_pulled(self) -> list[PulledInstance]:
        """All product instances that are collected from."""
        return self._all(PulledInstance, tables.ALL_PULLED)

    def save_pulled(self, row: PulledInstance) -> None:
        self._put(tables.PULLED, _columns(row))

    def delete_pulled(self, address: str) -> None:
        table = tables.PULLED
        self._connection.execute(sa.delete(table).where(table.c.address == address))

    def parcels_in(self, state: ParcelState) -> list[Parcel]:
        """All parcels in a state, the oldest first."""
        table = tables.PARCEL
        query = sa.select(table).where(table.c.state == state.value).order_by(table.c.poll_id)
        return self._all(Parcel, query)

    def resume_parcels(self) -> None:
        """After a start: calls that were under way when the process ended are due again."""
        lost = sa.and_(tables.PARCEL.c.state.in_(tables.OPEN_STATES), tables.PARCEL.c.due.is_(None))
        self._seen.clear()
        self._connection.execute(
            sa.update(tables.PARCEL).where(lost).values(due=tables.PARCEL.c.received)
        )

    def forget_parcels(self, before: Instant) -> None:
        """Delete parcels received before that are over: ACK handed out, or refused."""
        self._seen.clear()
        over = sa.or_(tables.PARCEL.c.delivered, tables.PARCEL.c.state == ParcelState.REFUSED.value)
        self._connection.execute(
            sa.delete(tables.PARCEL).where(over, tables.PARCEL.c.received < before)
        )


def _prepare(connection: Any, _record: Any) -> None:
    """Quick and safe against a killed process; a crash of the machine may lose the last commits."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _columns(row: Any) -> dict[str, Any]:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    if "udi" in values:
        udi: Udi = values.pop("udi") or Udi("", "")
        values["pid"], values["sn"] = udi.pid, udi.sn
    if "state" in values:
        values["state"] = values["state"].value
    return values


def _row(kind: type[Row], values: dict[str, Any]) -> Row:
    if "pid" in values:
        pid, sn = values.pop("pid"), values.pop("sn")
        values["udi"] = Udi(pid, sn) if pid else None  # not known yet
    if "state" in values:
        values["state"] = ParcelState(values["state"])
    return kind(**values)

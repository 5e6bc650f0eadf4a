"""Writes of several threads in one commit: each done or undone alone, none answered before."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from backend import db, together
from backend.db import database
from backend.errors import Conflict, StorageFull
from backend.models import Allowance
from tests import databases

pytestmark = [
    pytest.mark.usefixtures("clock"),
    pytest.mark.skipif(databases.is_postgresql_run(), reason="PostgreSQL gathers commits itself"),
]

Everybody = Callable[..., list[Future[Any]]]


@pytest.fixture
def at_once() -> Iterator[Everybody]:
    """Let these be asked for by a thread each, all of them while another holds the lock."""
    threads = ThreadPoolExecutor(8)

    def ask(*acts: Callable[[], Any]) -> list[Future[Any]]:
        began = threading.Barrier(len(acts) + 1)

        def one(act: Callable[[], Any]) -> Any:
            began.wait()
            try:
                return together.write(act)
            finally:
                database.close()

        with db.writing():
            asked = [threads.submit(one, act) for act in acts]
            began.wait()
            while len(together._here.waiting) < len(acts):
                pass
        for each in asked:
            each.exception()
        return asked

    yield ask
    threads.shutdown()


def keeps(key: str) -> Callable[[], str]:
    def act() -> str:
        Allowance.create(key=key, left=1, at=0)
        return key

    return act


def kept() -> set[str]:
    return {row.key for row in Allowance.select()}


def test_those_who_wait_share_one_commit(
    at_once: Everybody, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    before = db._transaction

    def counted(kind: str) -> Any:
        begun.append(kind)
        return before(kind)

    monkeypatch.setattr(db, "_transaction", counted)
    asked = at_once(*(keeps(str(number)) for number in range(8)))
    assert [each.result() for each in asked] == [str(number) for number in range(8)]
    assert kept() == {str(number) for number in range(8)}
    assert len(begun) == 2, "the one that was waited for, and one for all eight"


def test_who_is_refused_is_undone_alone_and_hears_of_it_alone(at_once: Everybody) -> None:
    done: list[str] = []

    def refused() -> None:
        Allowance.create(key="refused", left=1, at=0)
        db.after_commit(lambda: done.append("refused"))
        raise Conflict()

    def told() -> None:
        db.after_commit(lambda: done.append("told"))

    first, second, third, fourth = at_once(keeps("one"), refused, told, keeps("two"))
    assert isinstance(second.exception(), Conflict)
    assert (first.result(), fourth.result(), third.exception()) == ("one", "two", None)
    assert kept() == {"one", "two"}
    assert done == ["told"]


def test_what_spoils_the_transaction_is_heard_by_all_and_nothing_is_kept(
    at_once: Everybody,
) -> None:
    def full() -> None:
        raise StorageFull()

    asked = at_once(keeps("one"), full, keeps("two"))
    assert {type(each.exception()) for each in asked} == {StorageFull}
    assert kept() == set()


def test_each_is_done_in_the_name_of_who_asked(at_once: Everybody) -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")

    def asks(who: str) -> Callable[[], Any]:
        context = contextvars.copy_context()
        context.run(name.set, who)
        return lambda: context.run(name.get)

    assert [each.result() for each in at_once(asks("lin"), asks("an"))] == ["lin", "an"]

    def own() -> Future[Any]:
        said: Future[Any] = Future()

        def run() -> None:
            name.set("chen")
            said.set_result(together.write(name.get))
            database.close()

        threading.Thread(target=run).start()
        return said

    assert own().result(10) == "chen"


def test_inside_a_transaction_it_joins() -> None:
    def breaks() -> None:
        with db.writing():
            assert together.write(keeps("inside")) == "inside"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    assert kept() == set()

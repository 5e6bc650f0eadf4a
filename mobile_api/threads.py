"""The threads of a server process: they take turns, each with the request that waited longest."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from waitress.task import ThreadedTaskDispatcher

from backend import db, turns


class Turntaking(ThreadedTaskDispatcher):
    """Waitress' threads; a task is taken from the queue only by the thread whose turn it is.

    On PostgreSQL a thread waits for every row, and meanwhile the others had better go on.
    """

    def __init__(self, threads: int) -> None:
        super().__init__()
        is_sqlite = db.is_sqlite()
        self.turn: Callable[[], AbstractContextManager[None]] = (
            turns.mine if is_sqlite else nullcontext
        )
        self.set_thread_count(threads)

    def add_task(self, task: object) -> None:
        # Waitress warns of every task that must wait; here most do, for a millisecond.
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()

    def handler_thread(self, thread_no: int) -> None:
        while self._waits_for_work():
            with self.turn():
                with self.lock:
                    task = self.queue.popleft() if self.queue else None
                if task is not None:
                    self._serve(task)
        with self.lock:
            self.threads.discard(thread_no)
            self.thread_exit_cv.notify()

    def _waits_for_work(self) -> bool:
        """Whether there is any; not when the server stops."""
        with self.lock:
            while not self.queue and not self.stop_count:
                self.active_count -= 1
                self.queue_cv.wait()
                self.active_count += 1
            if not self.stop_count:
                return True
            self.active_count -= 1
            self.stop_count -= 1
            return False

    def _serve(self, task: object) -> None:
        try:
            task.service()  # type: ignore[attr-defined]
        except BaseException:
            self.logger.exception("a request could not be served")

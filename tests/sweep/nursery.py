"""Processes of their own that do a piece of work, and die or freeze in it."""

import logging
import multiprocessing
import os
import signal
import traceback
from multiprocessing.connection import Connection

from tests.sweep.dying import Errand
from tests.sweep.points import Shared

LONGEST = 60  # seconds that a piece of work may take
KILLED, FROZEN = -signal.SIGKILL, -signal.SIGSTOP


class Nursery:
    """A process of one thread that did the work once, and forks those that die in it.

    A fork of the tests themselves would carry the threads of their servers; one that
    is started afresh, even by a forkserver, takes 0.4 s to import and compile.
    """

    def __init__(self) -> None:
        """Start it."""
        context = multiprocessing.get_context("forkserver")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_nurse, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def rehearse(self, errand: Errand) -> None:
        """Do it once without dying, so that all is warm."""
        if self._ask(errand) != 0:
            raise AssertionError("the rehearsal failed")

    def start(self, errand: Errand) -> int:
        """Let a process of its own do it; its id."""
        return self._ask((errand,))

    def wait(self, pid: int) -> int:
        """How it ended or where it stands: 0, `KILLED` or `FROZEN`.

        Raises:
            AssertionError: It failed, or took too long.
        """
        code = self._ask(pid)
        if code not in (0, KILLED, FROZEN):
            raise AssertionError(f"the child failed: {code}")
        return code

    def dies(self, errand: Errand) -> bool:
        """Let a process of its own do it; whether it was killed."""
        return self.wait(self.start(errand)) == KILLED

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()

    def _ask(self, asked: object) -> int:
        self._ours.send(asked)
        if not self._ours.poll(LONGEST):
            raise AssertionError("the child hangs")
        answer: int = self._ours.recv()
        return answer


def _nurse(asked: Connection) -> None:
    """Rehearse, fork and wait, until nobody asks any more."""
    logging.disable()  # every fault is told of, and every one is meant
    while True:
        try:
            order = asked.recv()
        except EOFError:
            return
        match order:
            case int(pid):
                asked.send(_ended(pid))
            case (errand,):
                asked.send(_forked(errand))
            case errand:
                asked.send(_tried(errand))


def _forked(errand: Errand) -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(_tried(errand))
    return pid


def _ended(pid: int) -> int:
    """As an exit code; of one that only froze, the signal, negative too."""
    status = os.waitpid(pid, os.WUNTRACED)[1]
    if os.WIFSTOPPED(status):
        return -os.WSTOPSIG(status)
    return os.waitstatus_to_exitcode(status)


def _tried(errand: Errand) -> int:
    """Do it here; 0 if it came to its end."""
    shared = Shared(errand.shared)
    shared.mortal()
    try:
        errand.run(shared)
    except BaseException:  # noqa: BLE001  # told to whoever asked, as a code
        traceback.print_exc()
        return 1
    finally:
        shared.close()
    return 0

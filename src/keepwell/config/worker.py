"""What a worker process owes its supervisor: to leave Ctrl-C to it, and not to outlive it."""

import asyncio
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def settle() -> None:
    """Leave Ctrl-C to the supervisor, and ask the kernel to end this worker when that one dies.

    A terminal sends Ctrl-C to both; a worker that ends first looks like a crash to its supervisor.
    """
    supervisor = os.getppid()
    asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:  # it died before we asked
            os.kill(os.getpid(), signal.SIGTERM)

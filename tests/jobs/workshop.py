"""A process with workers, to be killed: `python -m tests.jobs.workshop LEASE_SECONDS`."""

import os
import signal
import sys
from importlib import import_module

import django


def main() -> None:
    """Work until killed or ended."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    django.setup()
    from keepwell.jobs import leases, worker  # noqa: PLC0415  need the settings

    import_module("tests.jobs.labour")
    leases.LEASE_SECONDS = float(sys.argv[1])
    leases.RENEW_SECONDS = leases.LEASE_SECONDS / 4
    workers = worker.Workers()
    workers.start()
    sys.stdout.write(f"working {os.getpid()}\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGTERM})
    workers.stop()


if __name__ == "__main__":
    main()

"""One process of a test: `python -m tests.ground.jobs.probe.drive migrate | worker LANES THREADS | clock`. Stops politely on SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading

import django


def main(verb: str, *rest: str) -> None:
    django.setup()
    if verb == "migrate":
        from django.core.management import call_command

        call_command("migrate", verbosity=0, skip_checks=True)
        return
    from steward.ground.jobs.lanes import Lanes

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if verb == "clock":
        Lanes().run_clock(stop)
    elif verb == "all":
        lanes = Lanes()
        lanes.start(threads=1)
        stop.wait()
        lanes.stop()
    else:
        Lanes().run_worker(rest[0].split(","), stop, threads=int(rest[1]))


if __name__ == "__main__":
    main(*sys.argv[1:])

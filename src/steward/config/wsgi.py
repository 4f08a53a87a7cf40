"""The WSGI application. The server process also runs the job lanes unless STEWARD_WORKERS=0 (see steward.ground.jobs.lanes)."""

from __future__ import annotations

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steward.config.settings")
application = get_wsgi_application()

# After django.setup(), and in the server's worker process: the server imports this module after its fork.
from steward.ground.jobs.lanes import start_embedded  # noqa: E402

start_embedded()

# What is loaded by now stays for good: looking through it again and again for garbage costs a tenth of every request.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
# A thread inside a transaction lets go of the interpreter at every statement; with the usual five milliseconds until it gets it back, all
# other writers would wait for those who only read.
sys.setswitchinterval(0.0005)

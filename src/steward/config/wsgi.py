"""The WSGI application. The server process also runs the job lanes unless STEWARD_WORKERS=0 (see steward.ground.jobs.lanes)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steward.config.settings")
application = get_wsgi_application()

# After django.setup(), and in the server's worker process: the server imports this module after its fork.
from steward.config.garbage import collect_rarely  # noqa: E402
from steward.ground.jobs.lanes import start_embedded  # noqa: E402

start_embedded()

collect_rarely()

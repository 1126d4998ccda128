"""The WSGI entry point: `gunicorn wsgi:app`."""

from __future__ import annotations

import gc

from pb.app import create_app
from pb.installation import require_mode_once_reachable

app = create_app()
with app.app_context():
    require_mode_once_reachable(app.extensions["pb_settings"])
# What was loaded until here lives as long as the process: the collector need not walk through it again and again.
gc.collect()
gc.freeze()

"""The WSGI entry point: `gunicorn wsgi:app`."""

from __future__ import annotations

from pb.app import create_app
from pb.installation import require_mode

app = create_app()
with app.app_context():
    require_mode(app.extensions["pb_settings"])

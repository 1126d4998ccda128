"""The Flask extensions, made here and bound to the application in app.py. Nothing else (``db`` is in db.py)."""

from __future__ import annotations

from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from pb.db import db

migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
compress = Compress()
limiter = Limiter(key_func=get_remote_address, headers_enabled=False)

__all__ = ["babel", "compress", "csrf", "db", "limiter", "login", "migrate"]

"""Django as a WSGI application, served in threads behind the ASGI root."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepwell.config.settings")
application = get_wsgi_application()

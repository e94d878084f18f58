"""A server inside this process, for pages that need no process of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections


class _Server(ThreadingMixIn, WSGIServer):
    """One thread a connection; the test waits for them all."""


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Leave the access line to Keepwell."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve Keepwell with the settings of this test and return its address."""
    django = get_wsgi_application()

    def application(environ: dict[str, Any], begin: Any) -> Any:
        try:
            return django(environ, begin)
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, application, _Server, _Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

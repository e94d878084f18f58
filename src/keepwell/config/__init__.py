"""Settings, routes and server root: the only place that knows every product."""

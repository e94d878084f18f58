"""What every product stands on; no views, templates or API."""

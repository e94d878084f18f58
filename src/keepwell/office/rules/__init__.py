"""Rules of use: what the organisation adds, who accepted them, and each member's own view."""

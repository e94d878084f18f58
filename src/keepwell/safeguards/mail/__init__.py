"""Mail as it leaves: a message, the server that takes it, the spool where it waits without one."""

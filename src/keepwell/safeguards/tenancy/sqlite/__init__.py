"""Django's SQLite backend, which never makes a file and notices when its file is another one."""

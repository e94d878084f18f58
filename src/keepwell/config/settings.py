"""Django's settings, read from the environment; every wrong value is refused with a sentence.

Nothing here is meant to be edited: what an operator may choose is an environment variable of
docs/reference/settings.md.
"""

from urllib.parse import urlsplit

from keepwell.config import environment, framing, mail_server
from keepwell.safeguards.identity.configuration import *  # noqa: F403  they are Django's names
from keepwell.shell import configuration as shell

ENVIRONMENT = environment.read()

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
ROOT_URLCONF = "keepwell.config.urls"
WSGI_APPLICATION = "keepwell.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

KEEPWELL_HOME = ENVIRONMENT.home
KEEPWELL_PUBLIC_URL = ENVIRONMENT.public_url
KEEPWELL_STAFF_URL = ENVIRONMENT.staff_url
KEEPWELL_PROXIES = ENVIRONMENT.proxies
KEEPWELL_BLOBS = ENVIRONMENT.home / "blobs"
KEEPWELL_ROOT_KEY = ENVIRONMENT.root_key
KEEPWELL_HOST = ENVIRONMENT.host
KEEPWELL_PORT = ENVIRONMENT.port
KEEPWELL_STAFF_HOST = ENVIRONMENT.staff_host
KEEPWELL_STAFF_PORT = ENVIRONMENT.staff_port
KEEPWELL_TLS_CERTIFICATE = ENVIRONMENT.tls_certificate
KEEPWELL_TLS_KEY = ENVIRONMENT.tls_key
KEEPWELL_CHECKPOINTS = ENVIRONMENT.checkpoints
KEEPWELL_OWNERS = ENVIRONMENT.owners
# The command line stands below this package, so it finds the server and the demo clinic by name.
KEEPWELL_SERVER_ROOT = "keepwell.config.asgi:application"
KEEPWELL_PATIENT_ROOT = "keepwell.config.asgi:at_patients_door"
KEEPWELL_STAFF_ROOT = "keepwell.config.asgi:at_staff_door"
KEEPWELL_DEMO_LOADER = "keepwell.config.demo.load"
KEEPWELL_USED_KEYS = "keepwell.config.key_sweep.used_keys"
KEEPWELL_KEYSTORE_BACKUP_DAYS = ENVIRONMENT.keystore_backup_days
KEEPWELL_SECOND_STEP_WAIT_MINUTES = ENVIRONMENT.second_step_wait_minutes
KEEPWELL_MANIFESTS = "keepwell.config.manifests.MANIFESTS"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "keepwell.jobs",
    "keepwell.safeguards.mail",
    "keepwell.safeguards.tenancy",
    "keepwell.safeguards.vault",
    "keepwell.safeguards.vault.keystore",
    "keepwell.safeguards.audit",
    "keepwell.safeguards.audit.trail",
    "keepwell.safeguards.identity",
    "keepwell.safeguards.access",
    "keepwell.safeguards.records",
    "keepwell.safeguards.persons",
    "keepwell.safeguards.consent",
    "keepwell.safeguards.monitoring",
    "keepwell.shell",
    "keepwell.office",
    "keepwell.products.forms",
]

# In the order of design.md, "A request, from socket to answer".
MIDDLEWARE = [
    *shell.OUTER_MIDDLEWARE,
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "keepwell.config.surfaces.SurfaceMiddleware",
    "keepwell.safeguards.identity.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "keepwell.safeguards.records.middleware.DisclosureMiddleware",
    "keepwell.safeguards.access.middleware.AccessMiddleware",
    *shell.INNER_MIDDLEWARE,
]

TEMPLATES = shell.TEMPLATES
STATIC_URL = shell.STATIC_URL
STATIC_ROOT = ENVIRONMENT.home / "static"
STORAGES = shell.STORAGES
CSRF_FAILURE_VIEW = shell.CSRF_FAILURE_VIEW
LOGGING_CONFIG = shell.LOGGING_CONFIG
LOGGING = shell.LOGGING
KEEPWELL_PATIENT_PATHS = shell.KEEPWELL_PATIENT_PATHS
KEEPWELL_HOME_ROUTE = shell.KEEPWELL_HOME_ROUTE
KEEPWELL_TRAIL_ROUTE = shell.KEEPWELL_TRAIL_ROUTE
KEEPWELL_SIGN_OUT_ROUTE = shell.KEEPWELL_SIGN_OUT_ROUTE
KEEPWELL_SWITCH_ROUTE = shell.KEEPWELL_SWITCH_ROUTE
KEEPWELL_ACCOUNT_ROUTE = shell.KEEPWELL_ACCOUNT_ROUTE
KEEPWELL_KEYS_ROUTE = shell.KEEPWELL_KEYS_ROUTE
KEEPWELL_NOTICE_ROUTE = shell.KEEPWELL_NOTICE_ROUTE
KEEPWELL_ASK_ROUTE = shell.KEEPWELL_ASK_ROUTE
KEEPWELL_ASKED_ROUTE = shell.KEEPWELL_ASKED_ROUTE
KEEPWELL_EMERGENCY_ROUTE = shell.KEEPWELL_EMERGENCY_ROUTE
KEEPWELL_END_EMERGENCY_ROUTE = shell.KEEPWELL_END_EMERGENCY_ROUTE
KEEPWELL_DEMO = (ENVIRONMENT.home / "demo.json").exists()
KEEPWELL_GALLERY = False

DATABASES = ENVIRONMENT.databases
DATABASE_ROUTERS = ["keepwell.config.stores.StoreRouter"]

# Jobs that belong to no app (keepwell.jobs.declaring); those of apps are found in their `tasks`.
KEEPWELL_TASKS = ("keepwell.config.tasks",)

AUTH_USER_MODEL = "identity.User"
# Mail leaves by keepwell.safeguards.mail.post and by nothing else; without a server it waits in
# files. A library that would send by Django's own way sends nothing.
KEEPWELL_MAIL_SERVER = mail_server.read()
KEEPWELL_MAIL_SPOOL = ENVIRONMENT.home / "mail"
DEFAULT_FROM_EMAIL = mail_server.sender(host=str(urlsplit(KEEPWELL_STAFF_URL).hostname))
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# The root refuses larger bodies; an upload that fits stays in memory, never in a temporary file.
DATA_UPLOAD_MAX_MEMORY_SIZE = framing.BODY_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = framing.BODY_BYTES
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
SECURE_PROXY_SSL_HEADER = None
USE_X_FORWARDED_HOST = False

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"
LANGUAGES = shell.LANGUAGES
LOCALE_PATHS = shell.LOCALE_PATHS
FORMAT_MODULE_PATH = shell.FORMAT_MODULE_PATH

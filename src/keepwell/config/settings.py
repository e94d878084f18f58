"""Django's settings, read from the environment; every wrong value is refused with a sentence.

Nothing here is meant to be edited: what an operator may choose is an environment variable of
docs/reference/settings.md.
"""

from keepwell.config import environment

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
KEEPWELL_TLS_CERTIFICATE = ENVIRONMENT.tls_certificate
KEEPWELL_TLS_KEY = ENVIRONMENT.tls_key
KEEPWELL_OWNERS = ENVIRONMENT.owners
# The command line stands below this package, so it finds the server and the demo clinic by name.
KEEPWELL_SERVER_ROOT = "keepwell.config.asgi:application"
KEEPWELL_DEMO_LOADER = "keepwell.config.demo.load"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "keepwell.safeguards.tenancy",
    "keepwell.safeguards.vault",
    "keepwell.safeguards.vault.keystore",
    "keepwell.safeguards.audit",
    "keepwell.safeguards.audit.trail",
    "keepwell.safeguards.identity",
    "keepwell.safeguards.access",
    "keepwell.safeguards.records",
    "keepwell.safeguards.persons",
    "keepwell.shell",
    "keepwell.office",
    "keepwell.products.forms",
]

DATABASES = ENVIRONMENT.databases
DATABASE_ROUTERS = ["keepwell.config.stores.StoreRouter"]

AUTH_USER_MODEL = "identity.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"

"""Django's and allauth's settings about accounts; config/settings.py imports them by name.

allauth gives us the authenticators' rows, the arithmetic of one-time codes and recovery codes, and
later passkeys and single sign-on. None of its pages is routed (docs/decisions/0006-allauth.md).
"""

# Passwords: 8 characters at least, because everybody has a second factor (ASVS 6.2.1); no
# composition rules (6.2.5); common ones refused offline (6.2.12). The page advises 15 and more.
PASSWORD_MINIMUM = 8
PASSWORD_ADVISED = 15
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MINIMUM},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
PASSWORD_HASHERS = ["keepwell.safeguards.identity.passwords.Argon2id"]

# Sessions: rows of our own. `__Host-` makes browsers refuse the cookie unless it is Secure, for
# this host only and for the whole site (ASVS 3.3.1 to 3.3.4).
SESSION_ENGINE = "keepwell.safeguards.identity.session_store"
SESSION_COOKIE_NAME = "__Host-keepwell"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-keepwell-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
# Messages live in the session's row: in a cookie they would leave the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "sign_in:password"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "keepwell.safeguards.identity.library.AccountAdapter"
MFA_ADAPTER = "keepwell.safeguards.identity.library.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_PERIOD = 30
MFA_TOTP_TOLERANCE = 0
MFA_RECOVERY_CODE_COUNT = 10
MFA_RECOVERY_CODE_DIGITS = 8

"""Settings of one installation, all from STEWARD_… environment variables; a fresh clone needs none of them."""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from steward.config import env

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(env.text("STEWARD_HOME", "var")).resolve()
KEYS = Path(env.text("STEWARD_KEYS", str(HOME / "keys"))).resolve()
ANALYTICS = Path(env.text("STEWARD_ANALYTICS", str(HOME / "analytics"))).resolve()
FILES = Path(env.text("STEWARD_FILES", str(HOME / "files"))).resolve()
FONTS = env.text("STEWARD_FONTS", "")
TESTING = "pytest" in sys.modules

DEBUG = env.flag("STEWARD_DEBUG", False)
PRODUCTION = env.flag("STEWARD_PRODUCTION", False)
DEVELOPMENT_SECRET = "development-only-secret-key-that-production-refuses-to-use"  # noqa: S105 - refused below when it matters
SECRET_KEY = env.text("STEWARD_SECRET_KEY", DEVELOPMENT_SECRET)
if PRODUCTION and (SECRET_KEY == DEVELOPMENT_SECRET or len(SECRET_KEY) < 40):
    raise ImproperlyConfigured("STEWARD_PRODUCTION=1 needs its own STEWARD_SECRET_KEY of at least 40 characters.")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("STEWARD_DEBUG=1 shows settings and rows to whoever causes an error; STEWARD_PRODUCTION=1 does not take it.")
ALLOWED_HOSTS = env.words("STEWARD_HOSTS", "localhost,127.0.0.1,[::1],testserver" if not PRODUCTION else "")
CSRF_TRUSTED_ORIGINS = env.words("STEWARD_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_tasks",
    # Before allauth: its templates for signing in are replaced by ours.
    "steward.ground.ui",
    # After it: how a choice is drawn is ours too.
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "steward.ground.journal",
    "steward.ground.access",
    "steward.ground.jobs",
    "steward.ground.rules",
    "steward.ground.worktime",
    "steward.ground.files",
    "steward.ground.search",
    "steward.ground.delivery",
    "steward.ground.documents",
    "steward.ground.measures",
    "steward.core.org",
    "steward.core.customers",
    "steward.core.catalog",
    "steward.core.actions",
    "steward.core.encounters",
    "steward.core.cases",
    "steward.contact.datahub",
    "steward.contact.desk",
    "steward.contact.channels",
    "steward.contact.together",
    "steward.contact.floor",
    "steward.contact.automation",
    "steward.contact.writing",
    "steward.contact.fields",
    "steward.team.learning",
    "steward.excellence.improvement",
    "steward.excellence.insights",
    "steward.excellence.insights.reports",
    "steward.excellence.insights.modelcards",
    "steward.console",
    "steward.console.keeping",
]

MIDDLEWARE = [
    "steward.contact.channels.api.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "steward.ground.access.middleware.StaffMiddleware",
    "steward.console.setup.middleware.SetupMiddleware",
]

ROOT_URLCONF = "steward.config.urls"
WSGI_APPLICATION = "steward.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.database("STEWARD_DATABASE", f"sqlite:///{HOME / 'steward.sqlite3'}")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

TEMPLATE_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "steward.ground.ui.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "steward.ground.ui.templatetags.ui",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "access.User"
# Only ours: allauth's own would send somebody who left, with the right password, to a page of its own.
AUTHENTICATION_BACKENDS = ["steward.ground.access.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "steward.ground.access.backends.StaffAccountAdapter"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
SOCIALACCOUNT_ADAPTER = "steward.ground.access.oidc.StaffSocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "steward.ground.access.second_factor.StaffMFAAdapter"
MFA_FORMS = {
    "authenticate": "steward.ground.access.second_factor.SignInCodeForm",
    "reauthenticate": "steward.ground.access.second_factor.ConfirmCodeForm",
    "activate_totp": "steward.ground.access.second_factor.SetUpForm",
    "add_webauthn": "steward.ground.access.passkeys.AddForm",
    "edit_webauthn": "steward.ground.access.passkeys.RenameForm",
    "login_webauthn": "steward.ground.access.passkeys.SignInForm",
    "authenticate_webauthn": "steward.ground.access.passkeys.SecondStepForm",
    "reauthenticate_webauthn": "steward.ground.access.passkeys.ConfirmForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Steward"
# One step of 30 seconds before and after: telephones are not all on time.
MFA_TOTP_TOLERANCE = 1

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
TIME_ZONE = env.text("STEWARD_TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(FILES)}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # the designer of a process sends every field of up to 120 steps

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION and env.flag("STEWARD_HTTPS", True)
BEHIND_PROXY = env.flag("STEWARD_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Failed sign-ins are counted by the client's address. Without a proxy of ours nobody's X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # ECharts and Tabler set inline style attributes; no style element is ever inline.
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "media-src": ["'self'", "blob:"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

TASKS = {"default": {"BACKEND": "steward.ground.jobs.backend.JobBackend", "QUEUES": ["default", "clock", "heavy"]}}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("STEWARD_LOG_LEVEL", "WARNING")},
}

# Steward's own settings; each is described in docs/guide/operator.md.
STEWARD_VAULT = KEYS / "vault.sqlite3"
STEWARD_JOURNAL_KEY = KEYS / "journal.key"
STEWARD_ANCHORS = Path(env.text("STEWARD_ANCHORS", str(HOME / "anchors"))).resolve()
STEWARD_DELIVERY_HOLD_SECONDS = env.integer("STEWARD_DELIVERY_HOLD_SECONDS", 10, high=3600)
STEWARD_OUTBOX = HOME / "outbox"
# The one-time code with which an empty installation is set up; a file that only the operator's account reads.
STEWARD_SETUP_CODE = HOME / "setup-code"
# Threads of the default job lane inside the server process; 0 when `steward worker` runs them.
STEWARD_WORKERS = env.integer("STEWARD_WORKERS", 1, high=64)
# Where people reach this installation, for links in mails; never taken from a request.
STEWARD_PUBLIC_URL = env.text("STEWARD_PUBLIC_URL", CSRF_TRUSTED_ORIGINS[0] if CSRF_TRUSTED_ORIGINS else "http://127.0.0.1:8000")
STEWARD_TRACKING_DAYS = env.integer("STEWARD_TRACKING_DAYS", 180, low=1, high=3650)
STEWARD_FORM_PER_ADDRESS = env.integer("STEWARD_FORM_PER_ADDRESS", 10, low=1, high=100_000)
STEWARD_FORM_PER_HOUR = env.integer("STEWARD_FORM_PER_HOUR", 300, low=1, high=1_000_000)
STEWARD_API_PER_MINUTE = env.integer("STEWARD_API_PER_MINUTE", 600, low=1, high=1_000_000)
STEWARD_SMTP_URL = env.text("STEWARD_SMTP_URL", "")
STEWARD_WEBHOOK_ALLOW = env.words("STEWARD_WEBHOOK_ALLOW")
# Hosts of the sign-in services (OpenID Connect) that organisations here may use: whoever answers for one lets people in.
STEWARD_SIGN_IN_HOSTS = env.words("STEWARD_SIGN_IN_HOSTS")
STEWARD_MAIL_PER_SENDER = env.integer("STEWARD_MAIL_PER_SENDER", 30, low=1, high=100_000)
STEWARD_MAX_UPLOAD_BYTES = env.integer("STEWARD_MAX_UPLOAD_MB", 20, low=1, high=2000) * 1024 * 1024
# The demo lives at a fixed date; everything else reads the clock. Only views, commands and jobs ask (steward.ground.access.clock).
STEWARD_NOW = env.text("STEWARD_NOW", "")

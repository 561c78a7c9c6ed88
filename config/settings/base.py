"""Settings that every deployment shares.

https://docs.djangoproject.com/en/5.2/ref/settings

`.env.example` describes every variable that is read here.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from django.urls import reverse_lazy

from config import env, logs, task_rules
from config.entry import MOST_THREADS, SETTINGS
from config.env import BASE_DIR
from config.schedule import BEAT_SCHEDULE
from config.settings.csp import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from config.settings.sign_on import OIDC_GROUPS_CLAIM as OIDC_GROUPS_CLAIM
from config.settings.sign_on import OIDC_OTHERS as OIDC_OTHERS
from config.settings.sign_on import OIDC_ROLES as OIDC_ROLES
from config.settings.sign_on import SOCIALACCOUNT_PROVIDERS as SOCIALACCOUNT_PROVIDERS
from config.settings.sign_on import STAFF_TOTP as STAFF_TOTP
from config.settings.sign_on import STAFF_TOTP_EXEMPT_SSO as STAFF_TOTP_EXEMPT_SSO
from config.settings.unfold import UNFOLD as UNFOLD

# Folders
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")
ARTIFACTS_DIR = env.folder("ARTIFACTS_DIR", VAR_DIR / "artifacts")
STAGES_DIR = env.folder("STAGES_DIR", VAR_DIR / "stages")
#: The store that ARTIFACTS_DIR has copies of; keys from AWS_ACCESS_KEY_ID and the like
ARTIFACT_STORE = env.artifact_store("ARTIFACT_STORE", "")
ARTIFACT_STORE_ENDPOINT = env.web_address("ARTIFACT_STORE_ENDPOINT", "")
DEMO_DATA_DIR = BASE_DIR / "catalog" / "demo" / "data"

# Security
SECRET_KEY = env.secret("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", [])
DEBUG = False
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", [])
#: Hosts whose images pages may show; ``.example.org``: all below it. None: covers are drawn.
IMAGE_HOSTS = env.hosts("IMAGE_HOSTS", [])
CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] = [
    *CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"],
    *(f"*{host}" if host.startswith(".") else host for host in IMAGE_HOSTS),
]
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", [])
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Proxies that may say who the client is: networks, or how many there are
TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES", [])

# Who may read /metrics and the details of /readyz, beside staff
MONITORING_TOKEN = env.secret("MONITORING_TOKEN", "", least=16)
MONITORING_NETWORKS = env.networks("MONITORING_NETWORKS", [])

# Applications
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
    "rest_framework_api_key",
    "accounts",
    "catalog",
    "recommender",
]
MIDDLEWARE = [
    "config.request_logs.RequestLogs",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.proxies.TrustedProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.login.staff_sessions.StaffSessions",
    "accounts.login.known_browser.KnownBrowser",
    "accounts.second_factor.required.SecondFactorRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.csp.ContentSecurityPolicy",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.mail.MailErrors",
    "axes.middleware.AxesMiddleware",
    "config.http_metrics.HttpMetrics",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# Data: SQLite unless DATABASE_URL says otherwise
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'longtail.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # Otherwise a transaction that reads first and writes later fails with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-64000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Broker and cache: the embedded Valkey that `make demo` starts unless REDIS_URL says otherwise
EMBEDDED_BROKER_SOCKET = (
    "" if env.is_set("REDIS_URL") else env.short_socket(VAR_DIR / "valkey.sock")
)
REDIS_URL = env.redis("REDIS_URL", f"unix://{EMBEDDED_BROKER_SOCKET}")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "config.cache_backends.PatientRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "longtail",
    },
    # The limits of sign-in, sign-up and password reset; they hold without Redis.
    "limits": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limit",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# Celery: https://docs.celeryq.dev/en/stable/userguide/configuration.html
TRAINING_STALL_LIMIT = env.whole("TRAINING_STALL_LIMIT", 600, least=60, most=86_400)
TRAINING_TIME_LIMIT = env.whole("TRAINING_TIME_LIMIT", 6 * 3600, least=60, most=30 * 86_400)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task; otherwise a running task is delivered a second time.
    "visibility_timeout": task_rules.visibility_timeout(TRAINING_TIME_LIMIT),
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    # Senders do not wait for a broker that is down; a sweep finds what was not sent.
    "socket_connect_timeout": 2,
    # A server that hangs is left after this time; longer than a worker's wait for a message.
    "socket_timeout": 30,
    "max_retries": 1,
    "interval_start": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # of those that are acknowledged late
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = task_rules.DEFAULT
CELERY_TASK_ROUTES = task_rules.routes()
CELERY_TASK_ANNOTATIONS = task_rules.limits(TRAINING_TIME_LIMIT)
CELERY_WORKER_CONSUMER = "config.workers:PersistentConsumer"
CELERY_BEAT_SCHEDULER = "config.workers:HeartbeatScheduler"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_TIMEZONE = "UTC"

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "accounts.mail.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # accounts/login/slow_down.py does that
SESSION_ENGINE = "accounts.login.sessions"
SOCIALACCOUNT_ADAPTER = "accounts.sign_on.adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
MFA_ADAPTER = "accounts.second_factor.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.second_factor.forms.AuthenticateForm",
    "reauthenticate": "accounts.second_factor.forms.ReauthenticateForm",
}
STAFF_SESSION_HOURS = env.whole("STAFF_SESSION_HOURS", 12, least=1, most=336)
ACCOUNT_SESSION_REMEMBER = True
AXES_VERBOSE = False
AXES_HANDLER = "accounts.login.slow_down.SlowDownHandler"
AXES_LOCKOUT_CALLABLE = "accounts.login.slow_down.answer"
AXES_LOCK_OUT_AT_FAILURE = False  # the handler decides
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "accounts.login.attempted_email.attempted_email"
AXES_RESET_ON_SUCCESS = True

# Language and time
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", "en", ("en", "zh-hans"))
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# API: https://www.django-rest-framework.org/api-guide/settings/
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "catalog.api.authentication.ApiKeyAuthentication",
        "catalog.api.authentication.StaffSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["catalog.api.permissions.MayUseCatalog"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["catalog.api.throttling.KeyRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": env.rate("API_RATE", "6000/min")},
    "EXCEPTION_HANDLER": "catalog.api.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Longtail",
    "DESCRIPTION": "Recommendations for catalogues where most items are known to few people.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "catalog.api.schema.add_shared_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "SignEnum": "catalog.models.event_kinds.Sign",
        "ValueMeaningEnum": "catalog.models.event_kinds.ValueMeaning",
        "RatingScaleEnum": "catalog.models.rating_scales.Scale",
        "ItemStateEnum": "catalog.item_states.State",
        "RunStateEnum": "recommender.models.TrainingRun.State",
        "VersionStateEnum": "recommender.models.ModelVersion.State",
    },
    # Served from this site, so that the page works without the internet.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Visits that may begin by an act, from one address: catalog/profiles/new_visitors.py
NEW_VISITORS_PER_MINUTE = env.whole("NEW_VISITORS_PER_MINUTE", 10, least=1, most=100_000)

# Serving
#: Read by config/entry.py, before numpy loads.
BLAS_THREADS = env.whole("BLAS_THREADS", 1, least=1, most=MOST_THREADS)
MODEL_REFRESH_SECONDS = 2.0
#: Between two comparisons of a served artifact with its checksums.
MODEL_VERIFY_SECONDS = env.whole("MODEL_VERIFY_SECONDS", 600, least=1, most=86_400)
#: Private memory of the models in one web process; above it the least used ones leave.
LIVE_MODELS_MIB = env.whole("LIVE_MODELS_MIB", 256, least=1)
HISTORY_LENGTH = 50
#: Interest texts follow a burst of events this many seconds after its first.
INTEREST_REFRESH_SECONDS = 5.0

# Retention times; docs/how-to/operate.md
SIGN_IN_RETENTION_DAYS = env.whole("SIGN_IN_RETENTION_DAYS", 90, least=1, most=36_500)
IMPRESSION_RETENTION_DAYS = env.whole("IMPRESSION_RETENTION_DAYS", 365, least=30, most=36_500)

# Feeds; docs/how-to/import.md
FEED_DIR = env.folder("FEED_DIR", VAR_DIR / "feeds")
FEED_PRIVATE_HOSTS = [host.lower() for host in env.words("FEED_PRIVATE_HOSTS", [])]
FEED_MAX_MIB = env.whole("FEED_MAX_MIB", 512, least=1)

# Files that staff import in the admin
IMPORT_MAX_MIB = env.whole("IMPORT_MAX_MIB", 100, least=1)

# Text encoder for the items' texts; docs/how-to/encoders.md
TEXT_ENCODER = env.text_encoder("TEXT_ENCODER", "pretrained")
TEXT_ENCODER_MODEL = env.text("TEXT_ENCODER_MODEL", "")
TEXT_ENCODER_API_KEY = env.secret("TEXT_ENCODER_API_KEY", "")
TEXT_ENCODER_TIMEOUT = env.whole("TEXT_ENCODER_TIMEOUT", 60, least=1, most=86_400)
TEXT_CACHE_MIB = env.whole("TEXT_CACHE_MIB", 512, least=1)

# Training on several machines: TensorFlow's own setting, read when a training starts
TF_CONFIG = env.json_object("TF_CONFIG", "")

# A Dask cluster for the heavy stages of a training; without it they run here
DASK_SCHEDULER = env.dask_scheduler("DASK_SCHEDULER", "")

# Language model: any OpenAI-compatible server; without LLM_URL there is none
LLM_URL = env.web_address("LLM_URL", "")
LLM_MODEL = env.text("LLM_MODEL", "")
LLM_API_KEY = env.secret("LLM_API_KEY", "")
LLM_TIMEOUT = env.whole("LLM_TIMEOUT", 20, least=1, most=86_400)
LLM_DAILY_TOKENS = env.whole("LLM_DAILY_TOKENS", 200_000)

# Logs; docs/how-to/monitor.md
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOG_FORMAT = logs.chosen_format(os.environ.get(SETTINGS, ""))
LOGGING = logs.logging_settings(LOG_FORMAT, LOG_LEVEL)
# The web server writes one line a request; django-structlog's own are for servers without one.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_DEFAULT_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_USER_ID_FIELD = ""

# Reports of errors; none without an address
SENTRY_DSN = env.web_address("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = env.text("SENTRY_ENVIRONMENT", "production")

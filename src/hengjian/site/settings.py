"""Django settings; everything that differs between installations comes from the environment (docs/settings.md)."""

from __future__ import annotations

import secrets
from pathlib import Path

from hengjian.site.env import Env

_env = Env()
PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(_env.text("HENGJIAN_DATA_DIR") or Path.cwd() / "var").resolve()
DEBUG = _env.flag("HENGJIAN_DEBUG", False)


def _secret_key() -> str:
    """The configured key, or one made on first start and kept in the data folder."""
    given = _env.text("HENGJIAN_SECRET_KEY")
    if given:
        if len(given) < 32:
            _env.errors.append("HENGJIAN_SECRET_KEY: shorter than 32 characters")
        return given
    kept = DATA_DIR / "secret-key"
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with kept.open("x", encoding="ascii") as file:
                kept.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return kept.read_text(encoding="ascii")
    except OSError as error:
        _env.errors.append(f"HENGJIAN_DATA_DIR: cannot write {DATA_DIR}: {error.strerror}")
        return secrets.token_urlsafe(48)


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _env.listed("HENGJIAN_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = _env.listed("HENGJIAN_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "ninja",  # its Swagger UI
    "tree_queries",
    "rules.apps.AutodiscoverRulesConfig",
    "hengjian.site",
    "hengjian.api",
    "hengjian.assessment",
    "hengjian.analysis",
    "hengjian.credit.dossier",
    "hengjian.credit.sharing",
    "hengjian.credit.lists",
    "hengjian.credit.grading",
    "hengjian.credit.records",
    "hengjian.indicators",
    "hengjian.trace.exchange",
    "hengjian.trace.chain",
    "hengjian.trace.events",
    "hengjian.systems.complaints",
    "hengjian.systems.standards",
    "hengjian.systems.metrology",
    "hengjian.systems.certification",
    "hengjian.systems.equipment",
    "hengjian.systems.engineering",
    "hengjian.systems.honours",
    "hengjian.systems.supervision",
    "hengjian.plans",
    "hengjian.programmes",
    "hengjian.returns",
    "hengjian.surveys",
    "hengjian.cases",
    "hengjian.enterprises.search",
    "hengjian.enterprises",
    "hengjian.registers",
    "hengjian.draws",
    "hengjian.publishing",
    "hengjian.scoring",
    "hengjian.directory",
    "hengjian.pages",
    "hengjian.documents",
    "hengjian.clocks",
    "hengjian.lake",
    "hengjian.ledger",
    "hengjian.parties",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "hengjian.site.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hengjian.site.middleware.ChineseFirstLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "hengjian.pages.passages.PassagesMiddleware",
    "hengjian.site.middleware.RequestLimitsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hengjian.parties.auditing.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hengjian.site.middleware.SecondFactorMiddleware",
    "hengjian.pages.errors.UserErrorMiddleware",
]

ROOT_URLCONF = "hengjian.site.urls"
WSGI_APPLICATION = "hengjian.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hengjian.pages.context.shell",
            ],
        },
    }
]

DATABASES = {"default": _env.database("HENGJIAN_DATABASE_URL", DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "parties.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Officers' accounts are given out by their units, enterprises make their own (hengjian.site.registration); nobody
# resets a password by e-mail (hengjian.site.accounts).
ACCOUNT_ADAPTER = "hengjian.site.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "hengjian.site.accounts.LoginForm",
    "change_password": "hengjian.site.accounts.ChangePasswordForm",
    "reauthenticate": "hengjian.site.accounts.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "change_password": "5/m/user"}
ALLAUTH_TRUSTED_PROXY_COUNT = _env.integer("HENGJIAN_TRUSTED_PROXIES", 0, 0, 9)
MFA_ADAPTER = "hengjian.site.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "衡鉴 Hengjian"
MFA_FORMS = {
    "authenticate": "hengjian.site.accounts.SecondFactorForm",
    "reauthenticate": "hengjian.site.accounts.SecondFactorReauthenticateForm",
    "activate_totp": "hengjian.site.accounts.ActivateSecondFactorForm",
}

# Behind HTTPS everything insists on it; without (a try-out on one machine) the second factor is offered, not demanded.
HTTPS = _env.flag("HENGJIAN_HTTPS", False)
HENGJIAN_REQUIRE_SECOND_FACTOR = _env.flag("HENGJIAN_REQUIRE_SECOND_FACTOR", HTTPS)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = _env.integer("HENGJIAN_SESSION_HOURS", 10, 1, 168) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hengjian.site.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# Private networks in which receivers of webhooks may lie; otherwise only public hosts (hengjian.parties.webhooks).
HENGJIAN_WEBHOOK_NETWORKS = _env.networks("HENGJIAN_WEBHOOK_NETWORKS")

# Largest document of traceability events (hengjian.trace.events); it is read as a stream.
HENGJIAN_EPCIS_LIMIT_MB = _env.integer("HENGJIAN_EPCIS_LIMIT_MB", 128, 1, 4096)

# Limits on log-ins must hold across worker processes, so they are counted in the database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "hengjian_cache"}}

# What the frame says about this installation.
HENGJIAN_REGION_NAME = _env.text("HENGJIAN_REGION_NAME", "澜川自治区")
HENGJIAN_ORGANISER = _env.text("HENGJIAN_ORGANISER", "质量强区工作领导小组办公室")
HENGJIAN_CONTACT = _env.text("HENGJIAN_CONTACT")
HENGJIAN_ANNOUNCEMENT = _env.text("HENGJIAN_ANNOUNCEMENT")

# Open311: keys of programs that file without a unit's token; the name by which the site calls its jurisdiction.
OPEN311_KEYS = _env.listed("HENGJIAN_OPEN311_KEYS", [])
OPEN311_JURISDICTION = _env.text("HENGJIAN_OPEN311_JURISDICTION")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "hengjian.site.static.HashedStaticStorage"
    },
}
WHITENOISE_USE_FINDERS = True  # also serves before `collectstatic` has run, unhashed
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = _env.integer("HENGJIAN_UPLOAD_LIMIT_MB", 20, 1, 200) * 1024 * 1024

# Registers, procedures and programmes of this region, beside those that the product brings (hengjian.programmes).
HENGJIAN_CONFIG_DIR = _env.text("HENGJIAN_CONFIG_DIR")
if HENGJIAN_CONFIG_DIR and not Path(HENGJIAN_CONFIG_DIR).is_dir():
    _env.errors.append(f"HENGJIAN_CONFIG_DIR: {HENGJIAN_CONFIG_DIR!r} is no folder")

# How often one address may file, and try codes, without logging in (hengjian.pages.limits).
HENGJIAN_FILINGS_PER_HOUR = _env.integer("HENGJIAN_FILINGS_PER_HOUR", 60, 1, 1_000_000)
HENGJIAN_REGISTRATIONS_PER_HOUR = _env.integer("HENGJIAN_REGISTRATIONS_PER_HOUR", 10, 0, 1_000_000)
HENGJIAN_TRACKINGS_PER_HOUR = _env.integer("HENGJIAN_TRACKINGS_PER_HOUR", 120, 1, 1_000_000)
# Requests and different enterprises that one caller may look up in an hour (hengjian.credit.sharing.use).
HENGJIAN_CREDIT_LIMITS = {
    "address": (
        _env.integer("HENGJIAN_LOOKUPS_PER_HOUR", 600, 1, 1_000_000),
        _env.integer("HENGJIAN_ENTERPRISES_PER_HOUR", 300, 1, 1_000_000),
    ),
    "user": (3_000, 2_000),
    "token": (20_000, 20_000),
}

# The columnar copy of the facts, and what computes figures from it (hengjian.lake).
HENGJIAN_LAKE_DIR = _env.text("HENGJIAN_LAKE_DIR")
HENGJIAN_LAKE_ENGINE = _env.choice("HENGJIAN_LAKE_ENGINE", "duckdb", ("duckdb", "spark"))
HENGJIAN_LAKE_MEMORY_MB = _env.integer("HENGJIAN_LAKE_MEMORY_MB", 2048, 256, 1_000_000)
HENGJIAN_SPARK_MASTER = _env.text("HENGJIAN_SPARK_MASTER")

# Whose log the checkpoints sign, and where the keys lie when not in the data folder (hengjian.ledger).
LEDGER_ORIGIN = _env.text("HENGJIAN_LEDGER_ORIGIN")
LEDGER_KEY_FILE = _env.text("HENGJIAN_LEDGER_KEY")
LEDGER_VAULT_KEY_FILE = _env.text("HENGJIAN_VAULT_KEY")
_env.finish()

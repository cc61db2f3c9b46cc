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
    "tree_queries",
    "rules.apps.AutodiscoverRulesConfig",
    "hengjian.site",
    "hengjian.api",
    "hengjian.plans",
    "hengjian.pages",
    "hengjian.documents",
    "hengjian.clocks",
    "hengjian.ledger",
    "hengjian.parties",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
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
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = _env.integer("HENGJIAN_UPLOAD_LIMIT_MB", 20, 1, 200) * 1024 * 1024

_env.finish()

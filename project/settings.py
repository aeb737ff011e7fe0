"""Settings of the demonstration project. It listens on localhost and keeps nothing of value."""

import os
from pathlib import Path

from governance.postgres import embedded

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "demonstration-only-this-key-protects-nothing"  # noqa: S105
DEBUG = os.environ.get("DJANGO_DEBUG", "1") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "governance",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "project.core.apps.CoreConfig",
    "project.finance.apps.FinanceConfig",
    "project.dev.apps.DevConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "project.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": embedded.database(BASE_DIR / ".postgres", name="governance_demo")}
DATABASE_ROUTERS = ["governance.writes.router.GovernanceRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

GOVERNANCE = {"MODE": os.environ.get("GOVERNANCE_MODE", "enforce")}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "project" / "static"]

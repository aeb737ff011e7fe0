"""Settings of the corpus: only what its code needs to be imported, checked and migrated."""

import json
import os

SECRET_KEY = "corpus"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "governance",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "shop.accounts",
    "shop.catalogue",
    "shop.orders",
    "shop.billing",
    "shop.shipping",
    "shop.notifications",
    "shop.legacy",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": json.loads(os.environ["CORPUS_DATABASE"])}
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "config.urls"
USE_TZ = True
GOVERNANCE = {"MODE": os.environ.get("GOVERNANCE_MODE", "report"), "DECLARATIONS": "config.ownership"}

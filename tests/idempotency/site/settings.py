"""Everything that tests vary comes from the environment."""

import json
import os

SECRET_KEY = "test"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "governance",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "tests.idempotency.site.apps.SiteConfig",
]
MIDDLEWARE = [
    "tests.idempotency.site.middleware.outermost",
    "tests.idempotency.site.middleware.inner",
    "tests.idempotency.site.middleware.sender",
]
if os.environ.get("SITE_MIDDLEWARE") == "usual":
    INSTALLED_APPS.append("django.contrib.sessions")
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
if os.environ.get("SITE_PEERS"):
    from tests.idempotency.site import peers

    INSTALLED_APPS += peers.APPS
    IDEMPOTENCY_KEY_LOCK_TIMEOUT = 90
ROOT_URLCONF = "tests.idempotency.site.urls"
DATABASES = {"default": json.loads(os.environ["SITE_DATABASE"])}
USE_TZ = True
GOVERNANCE = {"MODE": os.environ.get("SITE_MODE", "report"), "OBSERVE": False}
LOGGING = {"version": 1, "loggers": {"governance": {"level": "ERROR"}}}

"""Sets Django up, for processes that import this first."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.quick_settings"
django.setup()

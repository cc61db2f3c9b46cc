"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengjian.site.settings")
application = get_wsgi_application()
# Pages, forms and rules load with the addresses: now, or the first visitor of each process waits two seconds for them.
get_resolver().url_patterns  # noqa: B018

"""The project's settings with what only tests change: own data folder, own database, quick passwords."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_data_dir = tempfile.mkdtemp(prefix="hengjian-test-")
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)

# Never the developer's database: tests look at their own variable only.
for _name in [name for name in os.environ if name.startswith("HENGJIAN_") and not name.startswith("HENGJIAN_TEST_")]:
    del os.environ[_name]
os.environ["HENGJIAN_DATA_DIR"] = _data_dir
os.environ["HENGJIAN_DATABASE_URL"] = os.environ.get("HENGJIAN_TEST_DATABASE_URL", "")

from hengjian.cli._messages import compile_all  # noqa: E402
from hengjian.site.settings import *  # noqa: E402, F403

compile_all()  # the English pages are tested, too
STATIC_ROOT.mkdir()  # noqa: F405

# Argon2 is slow on purpose; a test of log-in that needs the real one overrides this.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
# A file instead of the default in memory: threads and the browser tests' server need connections of their own.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_data_dir, "test.sqlite3")}  # noqa: F405
# Static files are served from the packages, without the manifest that `collectstatic` would write.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

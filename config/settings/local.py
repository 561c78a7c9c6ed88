"""One machine, no services: the embedded default behind `make demo`."""

from django.core.management.utils import get_random_secret_key

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import SECRET_KEY, VAR_DIR
from config.settings.mail import mail_settings

globals().update(mail_settings("consolemail://"))  # what is sent stands in the log of the web
DEBUG = env.flag("DEBUG", False)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise env.wrong("VAR_DIR", str(VAR_DIR), f"a folder to write in: {error.strerror}") from error
if not SECRET_KEY:
    _key_file = VAR_DIR / "secret_key"
    if not _key_file.exists():
        _key_file.touch(mode=0o600)
        _key_file.write_text(get_random_secret_key())
    SECRET_KEY = _key_file.read_text()

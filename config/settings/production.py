"""PostgreSQL, Redis and HTTPS.

https://docs.djangoproject.com/en/5.2/howto/deployment/checklist/
"""

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.mail import mail_settings

# Without these two the embedded default would be taken: a file of SQLite, a socket of nobody.
env.require("DATABASE_URL")
env.require("REDIS_URL")
SECRET_KEY = env.secret("SECRET_KEY", least=32)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", env.REQUIRED)
globals().update(mail_settings())
TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES", ["127.0.0.0/8", "::1/128"])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = env.whole("SECURE_HSTS_SECONDS", 3600, most=10 * 31_536_000)
# What the browser is told about other names than this site's is for the owner of the domain to say.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

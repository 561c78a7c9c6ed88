"""Gunicorn's settings, for `gunicorn -c deploy/gunicorn.conf.py config.wsgi`.

Options of the command win.

https://docs.gunicorn.org/en/stable/settings.html
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config import env

workers = env.whole("WEB_CONCURRENCY", 2, least=1, most=256)
threads = env.whole("WEB_THREADS", 32, least=1, most=1024)
worker_class = "config.web_worker.PatientWorker"

#: A worker whose main loop hangs is replaced. Requests run in threads and may take longer.
timeout = 60
graceful_timeout = 20
keepalive = 5
# A request may name a hundred ids of 255 characters; Gunicorn's own limits are below that.
limit_request_line = 0
accesslog = "-"
logger_class = "config.web_logs.WebLogger"
# It would be a file in the home of the user, and services have none.
control_socket_disable = True

# Django alone reads X-Forwarded-…, and only from TRUSTED_PROXIES.
forwarded_allow_ips = ""
secure_scheme_headers = {}

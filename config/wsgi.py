from django.core.wsgi import get_wsgi_application

from config import entry

entry.prepare("config.settings.production")

application = get_wsgi_application()

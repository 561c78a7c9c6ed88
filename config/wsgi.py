from django.core.wsgi import get_wsgi_application

from config import entry

entry.prepare("config.settings.production", stays=True)

application = get_wsgi_application()

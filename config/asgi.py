from django.core.asgi import get_asgi_application

from config import entry

entry.prepare("config.settings.production", stays=True)

application = get_asgi_application()

"""What the web servers serve: Django's application, with the package inside `wrap`."""

import stage
from django.core.asgi import get_asgi_application

application = get_asgi_application()
if stage.WITH_PACKAGE:
    from connection_budget.contrib.asgi import wrap

    application = wrap(application)

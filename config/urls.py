from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from accounts.sign_ins import braked
from config.api import api

admin.site.site_header = admin.site.site_title = _("Cairn administration")
admin.site.index_title = _("What there is")
# Lists need the room: beside it, they would not fit a screen of 1,280 pixels.
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path("", include("connection_budget.watch.urls")),
    path("", include("learning.urls")),
    path("api/v1/", api.urls),
    path("runs/", include("generation.live.urls")),
    path("operations/", include("generation.operations.urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/login/", braked(admin.site.login)),
    # One page changes passwords, and counts the wrong ones.
    path("admin/password_change/", RedirectView.as_view(pattern_name="accounts:password_change")),
    path("admin/", admin.site.urls),
]
if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", include("learning.styleguide.urls")))

handler400 = "learning.errors.show_bad_request"
handler404 = "learning.errors.show_not_found"
handler403 = "learning.errors.show_forbidden"
handler500 = "learning.errors.show_server_error"
handler503 = "learning.errors.show_unavailable"

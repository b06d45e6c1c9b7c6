from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import TemplateView

from accounts import own_pages, resets
from accounts.views import show_sign_in, show_sign_up

app_name = "accounts"
urlpatterns = [
    path("login/", show_sign_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("signup/", show_sign_up, name="signup"),
    path("display/", own_pages.show_display, name="display"),
    path("settings/", own_pages.show_settings, name="settings"),
    path("password/", own_pages.show_password_change, name="password_change"),
    path("email/", own_pages.show_email_change, name="email_change"),
    path("email/<str:token>/", own_pages.confirm_email, name="email_confirm"),
    path("reset/", resets.show_reset, name="reset"),
    path(
        "reset/asked/",
        TemplateView.as_view(template_name="accounts/reset_asked.html"),
        name="reset_asked",
    ),
    path(
        "reset/complete/",
        TemplateView.as_view(template_name="accounts/reset_complete.html"),
        name="reset_complete",
    ),
    path("reset/<uidb64>/<token>/", resets.show_reset_confirm, name="reset_confirm"),
]

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import show_sign_in, show_sign_up

app_name = "accounts"
urlpatterns = [
    path("login/", show_sign_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("signup/", show_sign_up, name="signup"),
]

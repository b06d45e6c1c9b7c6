"""What we write to people."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.models import User

Mail = tuple[str, str]


def page(name: str, *arguments: str) -> str:
    return str(settings.SITE_URL + reverse(f"accounts:{name}", args=arguments))


def tell_of_sign_up(*, is_new: bool) -> Mail:
    link = {"page": page("login")}
    if is_new:
        return _("Your account at Cairn"), _(
            "There is an account with this address at Cairn now. Sign in with the password you "
            "chose: %(page)s\n\nWas it not you? Then nothing else will come."
        ) % link
    return _("You have an account at Cairn already"), _(
        "Somebody, perhaps you, signed up at Cairn with this address. You have an account already, "
        "and it stays as it is. Sign in with its password: %(page)s"
    ) % link


def offer_reset(user: User) -> Mail:
    number = urlsafe_base64_encode(force_bytes(user.pk))
    link = page("reset_confirm", number, default_token_generator.make_token(user))
    return _("A new password for Cairn"), _(
        "Somebody, perhaps you, asked for a new password at Cairn. Choose one here: %(page)s\n\n"
        "Was it not you? Then do nothing: your password stays as it is."
    ) % {"page": link}


def confirm_address(token: str) -> Mail:
    return _("Confirm your address for Cairn"), _(
        "Somebody, perhaps you, wants to use this address at Cairn. Confirm it here, within a "
        "day: %(page)s\n\nWas it not you? Then do nothing."
    ) % {"page": page("email_confirm", token)}


def tell_the_other() -> Mail:
    return _("You have an account at Cairn already"), _(
        "Somebody, perhaps you, wants to use this address for another account at Cairn. You have "
        "an account with it already, and both stay as they are. To sign in to it: %(page)s"
    ) % {"page": page("login")}


def tell_of_wish(email: str) -> Mail:
    return _("Another address for your account at Cairn"), _(
        "Somebody, perhaps you, wants your account at Cairn to have another e-mail address: "
        "%(email)s. It changes when the link that was sent there is followed.\n\nWas it not you? "
        "Then somebody knows your password: sign in and change it at once. %(page)s"
    ) % {"email": email, "page": page("password_change")}

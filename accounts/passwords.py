"""What a password must have beyond Django's own rules."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_DIFFERENT = 4


class VariedPasswordValidator:
    """Twelve spaces are long, and no password; nor is what nobody sees, or one letter all along."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002 - Django's signature
        seen = {
            character for character in password if unicodedata.category(character)[0] not in "CZ"
        }
        if len(seen) < LEAST_DIFFERENT:
            raise ValidationError(self.get_help_text(), code="password_not_varied")

    def get_help_text(self) -> str:
        return _(
            "Your password must have at least %(count)d different characters; spaces do not count."
        ) % {"count": LEAST_DIFFERENT}

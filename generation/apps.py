from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GenerationConfig(AppConfig):
    name = "generation"
    verbose_name = _("generation")

    def ready(self) -> None:
        from generation.probes import register_probes

        register_probes()

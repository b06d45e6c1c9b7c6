from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.limits.dollars import checks

COST_LIMITS = (
    "RUN_MAX_COST_USD",
    "USER_MAX_COST_USD_PER_DAY",
    "ANONYMOUS_MAX_COST_USD_PER_DAY",
    "SITE_MAX_COST_USD_PER_DAY",
)


class GenerationConfig(AppConfig):
    name = "generation"
    verbose_name = _("Generation")

    def ready(self) -> None:
        from generation.probes import register_probes

        register_probes()
        refuse_limits_without_a_price()
        checks.append(explain_unknown_price)


def explain_unknown_price() -> str:
    """Why a limit in dollars that is set on an account could not be kept."""
    from django.conf import settings

    if settings.CONTENT_PROVIDER != "openai" or settings.LLM_PRICE_INPUT is not None:
        return ""
    from generation.providers.gateway.prices import is_price_known

    if is_price_known():
        return ""
    return gettext(
        "Nobody knows what %(model)s costs, so a limit in US dollars cannot be kept. Set "
        "LLM_PRICE_INPUT and LLM_PRICE_OUTPUT first (US dollars for a million tokens)."
    ) % {"model": settings.LLM_MODEL}


def refuse_limits_without_a_price() -> None:
    """Before a process begins: a limit in dollars, and nobody knows what the model costs. The
    libraries that know published prices are loaded only where they are asked."""
    from django.conf import settings

    limits = [name for name in COST_LIMITS if getattr(settings, name) is not None]
    if not limits or settings.CONTENT_PROVIDER != "openai" or settings.LLM_PRICE_INPUT is not None:
        return
    from generation.providers.gateway.prices import refuse_unknown_price

    refuse_unknown_price(limits)

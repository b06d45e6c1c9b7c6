"""Having one artifact written: a version comes of it, or a failure; neither is raised."""

from __future__ import annotations

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from concepts.content import CONTENT_TYPES, ArtifactKind
from concepts.drafts import Draft, FailureDraft, Provenance, draft_failure, draft_version
from concepts.models import Origin
from generation.awaiting.apart import apart
from generation.log_events import log_retry
from generation.metrics import provider_call
from generation.port.errors import ContentError, ProviderError, SystemicError, TransientError
from generation.port.provider import Provider, Written, keeps_books
from generation.puller.aloud import Aloud, in_silence
from generation.puller.ledger import Ledger
from generation.puller.limits import Limits
from generation.puller.refusals import draft_refusal
from generation.runs.work import Work

log = structlog.get_logger(__name__)


class Writer:
    """Asks the provider for one puller, and writes down what that cost."""

    def __init__(
        self, provider: Provider, ledger: Ledger, limits: Limits, aloud: Aloud = in_silence
    ) -> None:
        self._provider = provider
        self._ledger = ledger
        self._limits = limits
        self._aloud = aloud
        # Why nothing more can be written until a person acts, once that is known.
        self.refusal: str | None = None

    async def draft(self, work: Work) -> Draft:
        """A version or a failure; nothing a provider does is raised."""
        try:
            with provider_call(self._provider):
                async with self._aloud(work) as listener:
                    written = await self._provider.write(work.kind, work.brief, listener)
            self._ledger.charge(self._provider, written.usage)
            check_type(work.kind, written.content)
        except SoftTimeLimitExceeded:
            raise
        except SystemicError as error:
            self.refusal = self.refusal or str(error)
            return self._fail(work, error, retry_seconds=0.0)
        except (TransientError, OSError) as error:
            repeats_itself = keeps_books(self._provider)
            pause = self._limits.pause_after(work.attempts, repeats_itself=repeats_itself)
            if pause is not None:
                log_retry(work.attempts, pause, error)
            return self._fail(work, error, retry_seconds=pause)
        except Exception as error:  # noqa: BLE001 - a provider's bug costs one artifact
            return self._fail(work, error)
        try:
            return await apart(
                draft_version,
                work.artifact_id,
                work.concept_id,
                work.kind,
                written.content,
                self._provenance(written, work),
                seed=work.brief.key,
            )
        except Exception as error:  # noqa: BLE001 - content that cannot even be rendered, likewise
            return draft_refusal(work, error)

    def _fail(
        self, work: Work, error: Exception, *, retry_seconds: float | None = None
    ) -> FailureDraft:
        known = isinstance(error, ProviderError | OSError)
        if not known:
            log.error("provider_failed", attempt=work.attempts, exc_info=error)
        if isinstance(error, ProviderError):
            self._ledger.charge(self._provider, error.usage)
        return draft_failure(
            work.artifact_id,
            work.concept_id,
            work.kind,
            error,
            public=str(error) if known else "Writing this failed unexpectedly.",
            detail=error.detail if isinstance(error, ProviderError) else repr(error),
            retry_seconds=retry_seconds,
        )

    def _provenance(self, written: Written[object], work: Work) -> Provenance:
        return Provenance(
            provider=self._provider.name,
            model=self._provider.model,
            language=work.brief.language,
            origin=Origin.AUTHORED if written.authored else Origin.GENERATED,
            prompt_version=written.prompt_version,
            instruction=work.brief.instruction,
            reviewed_on=written.reviewed_on,
            tokens_in=written.usage.tokens_in,
            tokens_out=written.usage.tokens_out,
            cost_usd=written.usage.cost_usd,
        )


def check_type(kind: ArtifactKind, content: object) -> None:
    """Raises ContentError when a provider answered something else than it was asked."""
    if not isinstance(content, CONTENT_TYPES[kind]):
        raise ContentError(
            f"What came back is no {kind.value}.", detail=f"a {type(content).__name__}"
        )

"""What pipelines feed: runs, artifacts, calls to a provider."""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from connection_budget.metrics.instruments import Counter, Gauge, Histogram
from generation.port.errors import SystemicError, TransientError
from generation.port.provider import Provider, keeps_books

RUNS = Counter("generation_runs_total", "Runs that ended, paused ones included.", ["state"])
ARTIFACTS = Counter(
    "generation_artifacts_total", "Artifacts written, or failed for now.", ["kind", "outcome"]
)
LLM_REQUESTS = Counter("llm_requests_total", "Calls to a provider that are over.", ["outcome"])
LLM_REQUEST_SECONDS = Histogram(
    "llm_request_seconds",
    "How long a provider took.",
    (0.01, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0),
)
LLM_TOKENS = Counter("llm_tokens_total", "Tokens of answered requests.", ["direction"])
LLM_IN_FLIGHT = Gauge("llm_in_flight", "Calls to a provider under way.")


def provider_call(provider: Provider) -> AbstractContextManager[None]:
    """`model_call`, unless the provider's gateway counts every request by itself."""
    return nullcontext() if keeps_books(provider) else model_call()


@contextmanager
def model_call() -> Iterator[None]:
    """Count the block as one call, by how it ends."""
    began = time.monotonic()
    outcome = outcome_of(None)
    LLM_IN_FLIGHT.add(1)
    try:
        yield
    except BaseException as error:
        outcome = outcome_of(error)
        raise
    finally:
        LLM_IN_FLIGHT.add(-1)
        LLM_REQUEST_SECONDS.observe(time.monotonic() - began)
        LLM_REQUESTS.add(outcome=outcome)


def outcome_of(error: BaseException | None) -> str:
    """ok, cancelled, systemic, transient or failed."""
    if error is None:
        return "ok"
    if isinstance(error, CancelledError):
        return "cancelled"
    if isinstance(error, SystemicError):
        return "systemic"
    return "transient" if isinstance(error, TransientError | OSError) else "failed"


BATCH_CONCEPTS = Histogram(
    "db_batch_concepts", "Concepts written in one transaction.", (1, 2, 4, 8, 16, 32, 64, 128)
)
BATCH_SECONDS = Histogram("db_batch_seconds", "How long a batch took, waiting for a lane included.")

"""A scripted provider that asks its books before each call and tells them of it after."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from concepts.content import ArtifactContent, ArtifactKind
from generation.metrics import outcome_of
from generation.models import ModelCallRecord, RunSpending
from generation.port.briefs import ConceptBrief
from generation.port.calls import Books, Ceiling, ModelCall, NoBooks
from generation.port.listening import NOBODY, Listener
from generation.port.outline import Outline
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.port.spent import Spent
from tests.generation.cast import ScriptedProvider

OUTLINE_TOKENS, ARTIFACT_TOKENS = 300, 30
COST = Decimal("0.001")


class PayingProvider(ScriptedProvider):
    """Each call costs the tokens of what it brings and `price` dollars, also when it fails."""

    books: Books = NoBooks()
    price: Decimal | None = COST

    async def outline(self, request: OutlineRequest) -> Written[Outline]:
        call = await self._reserve(OUTLINE_TOKENS)
        written = await super().outline(request)
        self.books.note(self._call("outline", written.usage, call))
        return written

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        call = await self._reserve(ARTIFACT_TOKENS)
        usage, error = Spent(1, 10, 20), None
        try:
            return await super().write(kind, brief, listener)
        except BaseException as raised:
            error = raised
            raise
        finally:
            self.books.note(self._call(kind.value, usage, call, error))

    async def _reserve(self, tokens: int) -> uuid.UUID:
        call = uuid.uuid4()
        await self.books.reserve(call, Ceiling(tokens, self.price))
        return call

    def _call(
        self, purpose: str, usage: Spent, call: uuid.UUID, error: BaseException | None = None
    ) -> ModelCall:
        return ModelCall(
            purpose=purpose,
            prompt_version=f"{purpose}-1",
            model=self.model,
            attempt=1,
            seconds=0.01,
            outcome=outcome_of(error),
            error=type(error).__name__ if error else "",
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=self.price,
            id=call,
        )

    @property
    def asked(self) -> int:
        return self.outlines + self.calls.total()


def get_run_spending(run_id: uuid.UUID, *, besides: Iterable[uuid.UUID] = ()) -> Spent:
    """What all pullers of a run have written down, but for some."""
    rows = RunSpending.objects.filter(run=run_id).exclude(puller__in=list(besides))
    sums = rows.aggregate(*(Sum(name) for name in ("calls", "tokens_in", "tokens_out", "cost_usd")))
    return Spent(
        sums["calls__sum"] or 0,
        sums["tokens_in__sum"] or 0,
        sums["tokens_out__sum"] or 0,
        sums["cost_usd__sum"],
    )


def rows_of(run_id: uuid.UUID) -> Spent:
    """What the ledger's rows add up to."""
    rows = ModelCallRecord.objects.filter(run=run_id)
    sums = rows.aggregate(*(Sum(name) for name in ("tokens_in", "tokens_out", "cost_usd")))
    return Spent(
        rows.count(),
        sums["tokens_in__sum"] or 0,
        sums["tokens_out__sum"] or 0,
        sums["cost_usd__sum"],
    )


def tokens_of(run_id: uuid.UUID) -> int:
    spent = get_run_spending(run_id)
    return spent.tokens_in + spent.tokens_out


def outcomes_of(run_id: uuid.UUID) -> Counter[str]:
    return Counter(ModelCallRecord.objects.filter(run=run_id).values_list("outcome", flat=True))


def as_a_message(records: object) -> list[object]:
    """What a broker would deliver."""
    delivered: list[object] = json.loads(json.dumps(records))
    return delivered

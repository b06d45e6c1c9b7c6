"""Answers that come at the same moment, over two connections."""

from __future__ import annotations

import psycopg
import pytest

from learning.models import Learner, QuestionAnswer, QuizAttempt
from learning.quiz import attempts
from learning.quiz.forms import new_ticket
from learning.quiz.grading import Given
from tests.learning.holding import hold_first, run_both
from tests.learning.quiz.cast import make_knots


@pytest.mark.django_db(transaction=True)
def test_who_answers_in_an_attempt_waits_for_whoever_is_answering_in_it(
    observer: psycopg.Connection,
) -> None:
    """The first has looked what is answered, and has not saved yet: without the lock both would
    answer the same questions, and one of them in vain."""
    concept, learner, ticket = make_knots(), Learner.objects.create(), new_ticket(1, [1, 2, 3])
    version = attempts.get_version(concept)
    assert version is not None
    begun = attempts.save_answers(learner, concept, version, ticket, {1: (1,)})
    chosen: tuple[dict[int, Given], ...] = ({2: (1, 2), 3: (1,)}, {2: (3,), 3: (2,)})
    with hold_first(attempts, "_grade") as held:
        saved = run_both(
            observer,
            held,
            lambda number: (
                attempts.save_answers(learner, concept, version, ticket, chosen[number]).pk
            ),
        )
    assert saved == [begun.pk, begun.pk]
    told = QuestionAnswer.objects.order_by("question__position").values_list("chosen", flat=True)
    assert list(told) == [[1], [1, 2], [1]]
    assert QuizAttempt.objects.get().finished_at is not None

"""For those who use Celery: a worker that is no larger than its role."""

from connection_budget.contrib.celery.refusing import hold_to_budget

__all__ = ["hold_to_budget"]

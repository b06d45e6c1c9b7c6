"""System checks: the budget and the server (`fleet`), and what fails in silence (`databases`)."""

from connection_budget.checks import databases, fleet

__all__ = ["databases", "fleet"]

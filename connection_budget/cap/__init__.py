"""No more connections than the role declares, whoever asks, from whatever thread."""

from connection_budget.cap.cap import Cap, CapReached
from connection_budget.cap.process import cap_of

__all__ = ["Cap", "CapReached", "cap_of"]

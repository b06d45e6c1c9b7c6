"""A web request's place inside Django."""

from connection_budget.seats.seats import NoSeat, Seats

__all__ = ["NoSeat", "Seats"]

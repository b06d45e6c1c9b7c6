"""Limits for strangers: how often one may order, sign in and sign up, how many sockets one opens.

One place for all of them. It is in `accounts`, the lowest of our rooms that knows what a visitor
is: sign-in is here, sockets (`generation`) and orders (`learning`) are above and may import it,
and `connections` below knows none of our apps.

Counted in Redis, for all processes together; by each process alone while Redis does not answer.
No library: those there are count one window at a time and give nothing back, but an order takes
its places in several windows together or in none, and one that is refused later costs nothing.
"""

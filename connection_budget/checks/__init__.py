"""System checks: the budget and the server (`fleet`), and what fails in silence (`databases`)."""

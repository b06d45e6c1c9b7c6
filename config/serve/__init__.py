"""Running the fleet: `python -m config.serve` is `make serve`; role scripts ask for their share."""

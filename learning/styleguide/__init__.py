"""Every component of the pages in every state, at /styleguide/ where `STYLEGUIDE` says so."""

"""How good the rules are that judge content: measured on items whose flaws are known."""

"""Shops that answer as the recorded ones did, with state: for tests, and to try things by hand."""

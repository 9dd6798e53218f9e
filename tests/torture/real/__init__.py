"""Odoo, PostgreSQL and the demo shop as processes of their own, killed at random: see __main__."""

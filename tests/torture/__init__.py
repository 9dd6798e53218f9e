"""The engine between two sides in memory, driven as Odoo's runs drive it, and what tortures it."""

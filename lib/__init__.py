"""The engine of Gateway NG: pure Python, never imports Odoo."""

"""What can be read, by object. Importing this registers the fields."""

from . import around, catalog, customers, inventory, orders, roots, webhooks

__all__ = ["around", "catalog", "customers", "inventory", "orders", "roots", "webhooks"]

"""A demo shop that executes Shopify's Admin GraphQL over the official schema, on its own state.

In process: `shop = Shop(); seed_demo(shop); shop.execute(query, variables, token)`.
Over HTTP: `serving(shop)` or `python -m gateway_ng.lib.demoshop`.
Everything in the schema that is not built here is refused by name, never answered with null.
"""

from . import bulk
from .edits import edit, sell
from .errors import OtherVersion
from .faults import TransportFault
from .seed import seed_demo
from .seed_bulk import seed_bulk
from .seed_companies import seed_companies
from .seed_lists import seed_price_lists
from .server import Server, serving
from .settings import Settings
from .shop import FORMAT, Shop
from .transport import ShopTransport

assert bulk  # imported for what it registers

__all__ = [
    "FORMAT",
    "OtherVersion",
    "Server",
    "Settings",
    "Shop",
    "ShopTransport",
    "TransportFault",
    "edit",
    "seed_bulk",
    "seed_companies",
    "seed_demo",
    "seed_price_lists",
    "sell",
    "serving",
]

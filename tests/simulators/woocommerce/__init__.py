"""A WooCommerce shop, REST API wc/v3, as recorded from real ones; quirks included.

In process: `Shop(clock).handle(request)`. Over HTTP on the loopback: `serving(shop)`, or
`python -m simulators.woocommerce` from the folder `tests`. It needs nothing of Odoo or the gateway.
"""

from __future__ import annotations

from .request import Request, Response
from .server import serving
from .settings import Settings
from .shop import Shop

__all__ = ["Request", "Response", "Settings", "Shop", "serving"]

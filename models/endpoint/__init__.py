from . import category, customer, market_price, order, price, product, stock, variant
from .endpoint import OdooEndpoint

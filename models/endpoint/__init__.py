from . import category, company, customer, market_price, order, price, product, stock, variant
from .endpoint import OdooEndpoint

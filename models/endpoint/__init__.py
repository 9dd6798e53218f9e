from . import category, customer, order, price, product, stock, variant
from .endpoint import OdooEndpoint

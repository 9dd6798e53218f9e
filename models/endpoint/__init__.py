from . import category, price, product, variant
from . import customer
from . import order
from . import stock
from .endpoint import OdooEndpoint

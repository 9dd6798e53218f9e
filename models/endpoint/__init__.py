from . import category
from .endpoint import OdooEndpoint

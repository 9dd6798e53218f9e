from . import test_endpoint_product
from . import test_endpoint_variant
from . import test_endpoint_price
from . import test_endpoint_category
from . import test_endpoint_customer
from . import test_endpoint_order
from . import test_endpoint_stock
from . import test_endpoint_pages

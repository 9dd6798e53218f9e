from . import traced  # the others inherit from it

# isort: split
from . import (
    analytic_distribution_model,
    binding,
    change,
    conflict,
    conflict_rule,
    connection,
    connector,
    dead_letter,
    endpoint,
    event,
    flow,
    guest,
    mapping,
    mapping_version,
    page,
    product_product,
    run,
    sale_order,
    sale_order_line,
    watermark,
    workspace,
)

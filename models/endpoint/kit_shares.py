"""How much of each component one kit of an order line takes, told by the line's moves: an order so
keeps the recipe that it was made with."""

from math import isclose


def has_kits(env):
    return "mrp.bom" in env


def is_kit(line):
    """Whether an order line moves as components. Of most lines every move is of their product, and
    that is known without asking where it begins."""
    product = line.product_id
    return any(move.product_id != product for move in line.move_ids) and any(
        move.product_id != product for move in _first_moves(line)
    )


def shares(line):
    """Component → how much of it, in its own unit, one unit of the line takes. Of what is no kit
    that is the product itself."""
    product, unit = line.product_id, line.product_uom_id
    if not is_kit(line):
        return {product: unit._compute_quantity(1.0, product.uom_id, round=False)}
    ordered = line.product_uom_qty - line.gateway_fulfilled_qty
    demand = _demand(line, ordered)
    return {part: quantity / ordered for part, quantity in demand.items() if quantity and ordered}


def whole(line, quantities):
    """How many units of the line `quantities` (component → quantity) make."""
    parts = shares(line)
    return min((quantities.get(part, 0.0) / share for part, share in parts.items()), default=0.0)


def kits_in(line, moves):
    """How many whole kits these moves are."""
    return int(whole(line, sums(moves, "quantity")) + 1e-6)


def sums(moves, name):
    """Component → its moves' sum of `name`, in the component's unit."""
    out = {}
    for move in moves:
        quantity = move[name]
        if name == "quantity":
            quantity = move.product_uom._compute_quantity(
                quantity, move.product_id.uom_id, round=False
            )
        out[move.product_id] = out.get(move.product_id, 0.0) + quantity
    return out


def _first_moves(line):
    """What goes to the customer, each where its way begins: later steps take the same goods on,
    and what is sent again after it came back is no new demand."""
    return line.move_ids.filtered(
        lambda move: (
            (move.location_final_id or move.location_dest_id).usage == "customer"
            and not move.move_orig_ids & line.move_ids
        )
    )


def _demand(line, ordered):
    """Component → what the moves were to send for `ordered` units.

    A cancelled move counts where none came after it: a rest that nobody sends any more is part of
    the order still, unless the order's quantity was lowered since. The recipe tells which."""
    moves = _first_moves(line)
    alive = moves.filtered(lambda move: move.state != "cancel")
    newest = {}
    for move in alive:
        newest[move.product_id] = max(newest.get(move.product_id, 0), move.id)
    given_up = (moves - alive).filtered(lambda move: move.id > newest.get(move.product_id, 0))
    now, before = (sums(some, "product_qty") for some in (alive, alive | given_up))
    return now if now != before and _is_recipe(line, ordered, now) else before


def _is_recipe(line, ordered, demand):
    """Whether `ordered` units take this by today's recipe; without `mrp` there is none."""
    if not has_kits(line.env):
        return False
    boms = line.env["mrp.bom"].sudo()
    found = boms._bom_find(line.product_id, company_id=line.company_id.id, bom_type="phantom")
    bom = found[line.product_id]
    if not bom:
        return False
    times = line.product_uom_id._compute_quantity(ordered, bom.product_uom_id, round=False)
    wanted = {}
    for part, data in bom.explode(line.product_id, times / bom.product_qty)[1]:
        product = part.product_id
        quantity = part.product_uom_id._compute_quantity(data["qty"], product.uom_id, round=False)
        if product.type != "service":
            wanted[product] = wanted.get(product, 0.0) + quantity
    return wanted.keys() == demand.keys() and all(
        isclose(demand[product], quantity, rel_tol=1e-6) for product, quantity in wanted.items()
    )

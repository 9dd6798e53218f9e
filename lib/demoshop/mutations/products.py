"""productCreate, …Update, …ChangeStatus, …Delete: a product without its variants."""

from __future__ import annotations

from .. import catalog, rules
from ..errors import NotInDemo, user_error
from ..fields import Args, mutation
from ..ids import number
from ..metafields import written
from ..objects.around import shop
from ..objects.roots import by_identifier
from ..request import Request
from ..store import Rec
from .media import add_all
from .product_checks import option_errors
from .product_set import set_options

GONE = "Product does not exist"


def _input(args: Args) -> Args:
    given: Args | None = args.get("product") or args.get("input")
    if given is None:
        raise NotInDemo("a product mutation without the product argument")
    if "variants" in given or "options" in given:
        raise NotInDemo("ProductInput.variants and .options, which are deprecated")
    return given


@mutation("productCreate", "product", "shop", "userErrors")
def product_create(args: Args, request: Request) -> Rec:
    given = _input(args)
    options = given.get("productOptions") or []
    errors = [
        *rules.title_errors(given, [], new=True),
        *rules.handle_errors(given, None, [], request),
        *option_errors(options, ["productOptions"]),
    ]
    if errors:
        return {"product": None, "shop": shop(None, {}, request), "userErrors": errors}
    store = request.store
    values = rules.product_values(given)
    wanted = given.get("handle") or catalog.handle_of(values["title"])
    values["handle"] = catalog.free_handle(store, "Product", wanted)
    values["collections"] = [number(one) for one in given.get("collectionsToJoin") or []]
    product = catalog.add_product(store, values)
    product["metafields"] = written(store, product, given.get("metafields") or [], replace=False)
    asked = options or [{"name": "Title", "values": [{"name": "Default Title"}]}]
    set_options(product, asked, request)
    catalog.add_variant(store, product, [one["values"][0]["name"] for one in asked], {}, None)
    add_all(request, product, args.get("media"))
    return {"product": product, "shop": shop(None, {}, request), "userErrors": []}


@mutation("productUpdate", "product", "userErrors")
def product_update(args: Args, request: Request) -> Rec:
    given = _input(args)
    identifier = args.get("identifier") or {"id": given.get("id") or ""}
    product = by_identifier("Product", identifier, request)
    if product is None:
        return {"product": None, "userErrors": [user_error(["id"], GONE, "NOT_FOUND")]}
    errors = [
        *rules.title_errors(given, [], new=False),
        *rules.handle_errors(given, product, [], request),
    ]
    if errors:
        return {"product": product, "userErrors": errors}
    values = rules.product_values(given)
    if given.get("handle"):
        values["handle"] = given["handle"]
    leave = {number(one) for one in given.get("collectionsToLeave") or []}
    join = [number(one) for one in given.get("collectionsToJoin") or []]
    stay = [key for key in [*product["collections"], *join] if key not in leave]
    values["collections"] = list(dict.fromkeys(stay))
    if given.get("metafields"):
        values["metafields"] = written(request.store, product, given["metafields"], replace=False)
    if rules.update(product, values):
        request.store.touch(product)
    add_all(request, product, args.get("media"))
    return {"product": product, "userErrors": []}


@mutation("productChangeStatus", "product", "userErrors")
def product_change_status(args: Args, request: Request) -> Rec:
    product = request.store.find("Product", args["productId"])
    if product is None:
        error = user_error(["productId"], GONE, "PRODUCT_NOT_FOUND")
        return {"product": None, "userErrors": [error]}
    if rules.update(product, {"status": args["status"]}):
        request.store.touch(product)
    return {"product": product, "userErrors": []}


@mutation("productDelete", "deletedProductId", "shop", "userErrors", "productDeleteOperation")
def product_delete(args: Args, request: Request) -> Rec:
    gid = args["input"]["id"]
    product = request.store.find("Product", gid)
    errors = [user_error(["id"], GONE, "NOT_FOUND")] if product is None else []
    if product is not None:
        catalog.remove_product(request.store, product)
    return {
        "deletedProductId": None if errors else gid,
        "productDeleteOperation": None,
        "shop": shop(None, {}, request),
        "userErrors": errors,
    }

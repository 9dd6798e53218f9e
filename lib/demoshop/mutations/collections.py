"""Collections: create, update, delete, and putting products into them."""

from __future__ import annotations

from .. import catalog, rules
from ..errors import NotInDemo, user_error
from ..fields import Args, mutation
from ..ids import number
from ..objects.around import shop
from ..request import Request
from ..store import Rec

SOURCES = ("sources", "sourcesToCreate", "sourcesToDelete", "sourcesToUpdate", "ruleSet", "image")
FIELDS = ("descriptionHtml", "sortOrder", "templateSuffix", "seo")
GONE = "Collection does not exist"


def _input(args: Args) -> Args:
    given: Args = args.get("collection") or args.get("input") or {}
    for name in SOURCES:
        if given.get(name):
            raise NotInDemo(f"a collection's {name}")
    return given


def _values(given: Args, old: Rec) -> Rec:
    made = {name: given[name] for name in FIELDS if name in given}
    if "seo" in made:
        made["seo"] = {**old["seo"], **(made["seo"] or {})}
    if given.get("title"):
        made["title"] = given["title"].strip()
    return made


@mutation("collectionCreate", "collection", "userErrors")
def create(args: Args, request: Request) -> Rec:
    given = _input(args)
    errors = list(rules.title_errors(given, [], new=True))
    if errors:
        return {"collection": None, "userErrors": errors}
    values = _values(given, BASE)
    wanted = given.get("handle") or catalog.handle_of(values["title"])
    handle = catalog.free_handle(request.store, "Collection", wanted)
    collection = add(request, values | {"handle": handle})
    _join(collection, given.get("products") or [], request)
    return {"collection": collection, "userErrors": []}


def add(request: Request, values: Rec) -> Rec:
    return request.store.add("Collection", BASE | values)


BASE: Rec = {
    "descriptionHtml": "",
    "sortOrder": "BEST_SELLING",
    "templateSuffix": None,
    "seo": {"title": None, "description": None},
    "metafields": [],
}


@mutation("collectionUpdate", "collection", "job", "userErrors")
def update(args: Args, request: Request) -> Rec:
    given = _input(args)
    collection = request.store.find("Collection", given.get("id"))
    if collection is None:
        error = user_error(["id"], GONE, "NOT_FOUND")
        return {"collection": None, "job": None, "userErrors": [error]}
    errors = list(rules.title_errors(given, [], new=False))
    if not errors:
        values = _values(given, collection)
        if given.get("handle"):
            values["handle"] = given["handle"]
        if rules.update(collection, values):
            request.store.touch(collection)
    return {"collection": collection, "job": None, "userErrors": errors}


@mutation("collectionDelete", "deletedCollectionId", "shop", "userErrors")
def delete(args: Args, request: Request) -> Rec:
    gid = args["input"]["id"]
    collection = request.store.find("Collection", gid)
    errors = [user_error(["id"], GONE, "NOT_FOUND")] if collection is None else []
    if collection is not None:
        key = number(gid)
        for product in request.store.tables["Product"].values():
            if key in product["collections"]:
                product["collections"].remove(key)
        request.store.remove("Collection", key)
    gone = None if errors else gid
    return {"deletedCollectionId": gone, "shop": shop(None, {}, request), "userErrors": errors}


@mutation("collectionAddProducts", "collection", "userErrors")
def add_products(args: Args, request: Request) -> Rec:
    collection = request.store.find("Collection", args["id"])
    if collection is None:
        return {"collection": None, "userErrors": [user_error(["id"], GONE, "NOT_FOUND")]}
    _join(collection, args["productIds"], request)
    return {"collection": collection, "userErrors": []}


@mutation("collectionAddProductsV2", "job", "userErrors")
def add_products_v2(args: Args, request: Request) -> Rec:
    answer = add_products(args, request)
    job = {"id": request.store.new_gid("Job"), "done": True} if answer["collection"] else None
    return {"job": job, "userErrors": answer["userErrors"]}


def _join(collection: Rec, products: list[str], request: Request) -> None:
    key = number(collection["id"])
    for gid in products:
        product = request.store.find("Product", gid)
        if product is not None and key not in product["collections"]:
            product["collections"].append(key)
            request.store.touch(collection)

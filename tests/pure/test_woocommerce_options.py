"""Options that became others in Odoo, at the product's attributes; variations stay."""

from decimal import Decimal

from gateway_ng.tests.pure.test_woocommerce_writes import create, done, tee, update, write
from gateway_ng.tests.pure.woocommerce_fakes import connect, make_shop


def change(shop, made, **options):
    """`options`: variant's key → its options now."""
    bound = {id_: id_ for id_ in made.children["variants"].values()}
    given = {made.children["variants"][key]: {"options": told} for key, told in options.items()}
    op = update(made.id, {"variants": bound}, variants=given)
    return write(shop, "product", op)[0]


def held(shop, made):
    (record,) = connect(shop).fetch("product", [made.id])
    names = {v["id"]: v["options"] for v in record.fields["variants"]}
    assert set(names) == set(made.children["variants"].values())
    return [names[id_] for id_ in made.children["variants"].values()]


def attributes(shop, made):
    row = shop.store.get("products", int(made.id))
    return [(a["id"], a["name"], a["options"], a["variation"]) for a in row["attributes"]]


def test_a_renamed_option_is_another_attribute_of_this_product_and_the_shop_s_global_one_stays():
    shop = make_shop()
    made = tee(shop)
    before = [dict(row) for row in shop.store.rows("attributes")]
    wanted = {"a": {"Taille": "S"}, "b": {"Taille": "M"}}
    assert change(shop, made, **wanted).error is None
    assert held(shop, made) == list(wanted.values())
    assert attributes(shop, made) == [(0, "Taille", ["S", "M"], True)]
    assert list(shop.store.rows("attributes")) == before
    assert change(shop, made, a={"Size": "S"}, b={"Size": "M"}).error is None
    assert held(shop, made) == [{"Size": "S"}, {"Size": "M"}]
    assert attributes(shop, made) == [(1, "Size", ["S", "M"], True)]


def test_renamed_values_take_the_place_of_the_old_ones():
    shop = make_shop()
    made = tee(shop)
    assert change(shop, made, a={"Size": "Small"}).error is None
    assert held(shop, made) == [{"Size": "Small"}, {"Size": "M"}]
    assert [one[1:] for one in attributes(shop, made)] == [("Size", ["Small", "M"], True)]


def test_name_and_values_are_renamed_at_once():
    shop = make_shop()
    made = tee(shop)
    assert change(shop, made, a={"Größe": "Klein"}, b={"Größe": "Mittel"}).error is None
    assert held(shop, made) == [{"Größe": "Klein"}, {"Größe": "Mittel"}]


def test_a_further_option_that_every_variation_has_is_added():
    shop = make_shop()
    made = tee(shop)
    wanted = {"a": {"Size": "S", "Fit": "Slim"}, "b": {"Size": "M", "Fit": "Wide"}}
    assert change(shop, made, **wanted).error is None
    assert held(shop, made) == list(wanted.values())


def test_an_option_is_dropped_where_the_variations_are_told_apart_without_it_and_stays_shown():
    shop = make_shop()
    variants = {
        key: {"sku": key, "regular_price": Decimal(9), "options": {"Size": key, "Fit": "Slim"}}
        for key in ("S", "M")
    }
    (made,) = done(shop, "product", create("k", name="Tee", variants=variants))
    assert change(shop, made, S={"Size": "S"}, M={"Size": "M"}).error is None
    assert held(shop, made) == [{"Size": "S"}, {"Size": "M"}]
    assert ("Fit", ["Slim"], False) in [one[1:] for one in attributes(shop, made)]
    error = change(shop, made, S={}, M={}).error
    assert "would not be told apart" in str(error) and error.remedy
    assert held(shop, made) == [{"Size": "S"}, {"Size": "M"}]


def test_no_name_is_changed_over_the_head_of_a_variation_odoo_says_nothing_of():
    shop = make_shop()
    made = tee(shop)
    error = change(shop, made, a={"Taille": "S"}).error
    assert "they would be for any value" in str(error)
    assert error.field == "variants.options" and error.remedy
    assert held(shop, made) == [{"Size": "S"}, {"Size": "M"}]


def test_a_new_variation_comes_with_the_rename():
    shop = make_shop()
    made = tee(shop)
    ids = made.children["variants"]
    given = {ids[key]: {"options": {"Taille": size}} for key, size in (("a", "S"), ("b", "M"))}
    given["new"] = {"sku": "T-L", "options": {"Taille": "L"}}
    op = update(made.id, {"variants": {id_: id_ for id_ in ids.values()}}, variants=given)
    (result,) = done(shop, "product", op)
    assert attributes(shop, made) == [(0, "Taille", ["S", "M", "L"], True)]
    (record,) = connect(shop).fetch("product", [made.id])
    options = {variant["sku"]: variant["options"] for variant in record.fields["variants"]}
    assert options == {"T-S": {"Taille": "S"}, "T-M": {"Taille": "M"}, "T-L": {"Taille": "L"}}
    assert set(result.children["variants"]) == {*ids.values(), "new"}


def reorder(shop, made, *options):
    given = [{"name": name, "values": list(values)} for name, values in options]
    return write(shop, "product", update(made.id, options=given))[0]


def order(shop, made):
    (record,) = connect(shop).fetch("product", [made.id])
    return [(one["name"], one["values"]) for one in record.fields["options"]]


def fitted(shop):
    """A product with the shop's global attribute Size and one of its own, Fit."""
    variants = {
        f"{size}{fit}": {
            "sku": f"{size}{fit}",
            "regular_price": Decimal(9),
            "options": {"Size": size, "Fit": fit},
        }
        for size in ("S", "M")
        for fit in ("Slim", "Wide")
    }
    return done(shop, "product", create("k", name="Tee", variants=variants))[0]


def test_options_take_the_order_of_the_source_and_the_product_s_own_values_theirs():
    shop = make_shop()
    made = fitted(shop)
    assert order(shop, made) == [("Size", ["S", "M"]), ("Fit", ["Slim", "Wide"])]
    wanted = [("Fit", ["Wide", "Slim"]), ("Size", ["S", "M"])]
    result = reorder(shop, made, *wanted)
    assert (result.error, result.note) == (None, "")
    assert order(shop, made) == wanted
    writes = shop.writes
    assert reorder(shop, made, *wanted).error is None
    assert shop.writes == writes


def test_values_of_a_global_attribute_keep_the_shop_s_order_and_the_note_says_so():
    shop = make_shop()
    made = fitted(shop)
    result = reorder(shop, made, ("Size", ["M", "S"]), ("Fit", ["Slim", "Wide"]))
    assert result.error is None
    assert "Size stays: it is a global attribute" in result.note
    assert order(shop, made) == [("Size", ["S", "M"]), ("Fit", ["Slim", "Wide"])]


def test_attributes_that_are_only_shown_keep_their_places():
    shop = make_shop()
    made = fitted(shop)
    row = shop.store.get("products", int(made.id))
    shown = {"id": 0, "name": "Fabric", "slug": "fabric", "position": 1, "visible": True}
    shown |= {"variation": False, "options": ["Wool"]}
    row["attributes"].append(shown)
    row["attributes"][1]["position"] = 2
    assert reorder(shop, made, ("Fit", ["Slim", "Wide"]), ("Size", ["S", "M"])).error is None
    row = shop.store.get("products", int(made.id))
    placed = sorted(row["attributes"], key=lambda one: one["position"])
    assert [one["name"] for one in placed] == ["Fit", "Fabric", "Size"]
    assert len(held(shop, made)) == 4

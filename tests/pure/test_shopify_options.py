"""Options that became others in Odoo are renamed, added and dropped in the shop; variants stay."""

from gateway_ng.lib.endpoint import Op
from gateway_ng.tests.pure.test_shopify_writes import create, demo, sizes, written


def shirt(*names, **more):
    endpoint, shop, transport = demo(seeded=False)
    variants = sizes(*names)
    for values in variants.values():
        values["options"].update(more)
    (made,) = endpoint.write("product", [create("k", variants=variants)])
    assert made.error is None
    shop.counters.mutations.clear()
    return endpoint, shop, made


def change(endpoint, made, only=None, **options):
    """`options`: variant's key → its options now."""
    bound = {id_: id_ for id_ in made.children["variants"].values()}
    given = {made.children["variants"][key]: {"options": told} for key, told in options.items()}
    op = Op("c", "update", made.id, {"variants": given}, children={"variants": bound})
    (result,) = endpoint.write("product", [op])
    return result


def held(endpoint, made):
    (record,) = endpoint.fetch("product", [made.id])
    names = {v["id"]: v["options"] for v in record.fields["variants"]}
    assert set(names) == set(made.children["variants"].values())
    return [names[id_] for id_ in made.children["variants"].values()]


def test_a_renamed_option_is_renamed_and_its_variants_stay():
    endpoint, shop, made = shirt("S", "M")
    wanted = {"S": {"Taille": "S"}, "M": {"Taille": "M"}}
    assert change(endpoint, made, **wanted).error is None
    assert held(endpoint, made) == [{"Taille": "S"}, {"Taille": "M"}]
    assert written(shop) == {"productOptionUpdate": 1, "productVariantsBulkUpdate": 1}
    # The answer was lost: what is there already is not made again.
    shop.counters.mutations.clear()
    assert change(endpoint, made, **wanted).error is None
    assert written(shop)["productOptionUpdate"] == 0


def test_renamed_values_and_names_go_together():
    endpoint, _shop, made = shirt("S", "M")
    wanted = {"S": {"Größe": "Klein"}, "M": {"Größe": "Mittel"}}
    assert change(endpoint, made, **wanted).error is None
    assert held(endpoint, made) == [{"Größe": "Klein"}, {"Größe": "Mittel"}]


def test_one_renamed_value_touches_its_variant_alone():
    endpoint, shop, made = shirt("S", "M")
    assert change(endpoint, made, S={"Size": "Small"}).error is None
    assert held(endpoint, made) == [{"Size": "Small"}, {"Size": "M"}]
    assert written(shop) == {"productVariantsBulkUpdate": 1}


def test_a_further_option_that_every_variant_has_is_added():
    endpoint, _shop, made = shirt("S", "M")
    wanted = {"S": {"Size": "S", "Fit": "Slim"}, "M": {"Size": "M", "Fit": "Wide"}}
    assert change(endpoint, made, **wanted).error is None
    assert held(endpoint, made) == [{"Size": "S", "Fit": "Slim"}, {"Size": "M", "Fit": "Wide"}]


def test_a_product_without_options_gets_its_first_and_loses_its_last():
    endpoint, shop, _ = demo(seeded=False)
    only = {"one": {"sku": "ONE", "options": {}}}
    (made,) = endpoint.write("product", [create("k", variants=only)])
    assert change(endpoint, made, one={"Size": "S"}).error is None
    assert held(endpoint, made) == [{"Size": "S"}]
    assert change(endpoint, made, one={}).error is None
    assert held(endpoint, made) == [{"Title": "Default Title"}]
    assert written(shop)["productOptionsDelete"] == 1


def test_a_dropped_option_goes_where_the_variants_are_told_apart_without_it():
    endpoint, _shop, made = shirt("S", "M", Color="Red")
    assert change(endpoint, made, S={"Size": "S"}, M={"Size": "M"}).error is None
    assert held(endpoint, made) == [{"Size": "S"}, {"Size": "M"}]


def test_a_dropped_option_that_tells_variants_apart_is_refused_by_the_shop_and_told():
    endpoint, _shop, made = shirt("S", "M", Color="Red")
    error = change(endpoint, made, S={"Color": "Red"}, M={"Color": "Red"}).error
    assert "can't be deleted without deleting variants" in str(error)
    assert held(endpoint, made)[0] == {"Size": "S", "Color": "Red"}


def test_an_option_is_not_dropped_over_the_head_of_a_variant_odoo_says_nothing_of():
    endpoint, shop, made = shirt("S", "M", Color="Red")
    error = change(endpoint, made, S={"Size": "S"}).error
    assert "has no more the option Color in Odoo" in str(error)
    assert error.field == "variants.options" and error.remedy
    assert written(shop) == {}


def test_a_new_variant_comes_with_the_rename():
    endpoint, _shop, made = shirt("S", "M")
    given = {made.children["variants"][key]: {"options": {"Taille": key}} for key in ("S", "M")}
    given["new"] = {"sku": "SKU-L", "options": {"Taille": "L"}}
    bound = {id_: id_ for id_ in made.children["variants"].values()}
    op = Op("c", "update", made.id, {"variants": given}, children={"variants": bound})
    (result,) = endpoint.write("product", [op])
    assert result.error is None
    (record,) = endpoint.fetch("product", [made.id])
    options = [variant["options"] for variant in record.fields["variants"]]
    assert options == [{"Taille": "S"}, {"Taille": "M"}, {"Taille": "L"}]
    assert result.children["variants"]["new"] == record.fields["variants"][2]["id"]


def test_what_is_there_already_is_neither_renamed_nor_added_again():
    endpoint, shop, made = shirt("S", "M")
    wanted = {"S": {"Cut": "S", "Fit": "Slim"}, "M": {"Cut": "M", "Fit": "Wide"}}
    assert change(endpoint, made, **wanted).error is None
    shop.counters.mutations.clear()
    assert change(endpoint, made, **wanted).error is None
    assert written(shop) == {"productVariantsBulkUpdate": 1}
    assert held(endpoint, made) == list(wanted.values())


def reorder(endpoint, made, *options):
    given = [{"name": name, "values": list(values)} for name, values in options]
    (result,) = endpoint.write("product", [Op("o", "update", made.id, {"options": given})])
    return result


def order(record):
    return [(one["name"], one["values"]) for one in record.fields["options"]]


def test_options_and_values_take_the_order_of_the_source_and_one_in_order_is_not_touched():
    endpoint, shop, made = shirt("S", "M", "L", Color="Red")
    wanted = ("Color", ["Red"]), ("Size", ["L", "S", "M"])
    result = reorder(endpoint, made, *wanted)
    assert result.error is None and order(result.record) == list(wanted)
    assert written(shop) == {"productOptionsReorder": 1}
    titles = [list(variant["options"].values()) for variant in result.record.fields["variants"]]
    assert titles == [["Red", "L"], ["Red", "S"], ["Red", "M"]]
    assert reorder(endpoint, made, *wanted).error is None
    assert written(shop) == {"productOptionsReorder": 1}


def test_names_that_the_shop_does_not_have_say_nothing_of_the_order():
    endpoint, shop, made = shirt("S", "M", Color="Red")
    assert reorder(endpoint, made, ("Größe", ["M", "S"]), ("Size", ["XL", "M"])).error is None
    assert written(shop) == {}


def test_values_that_no_variant_has_are_named_in_a_reorder():
    endpoint, shop, made = shirt("S", "M", "L")
    id_ = made.children["variants"].pop("M")
    op = Op("d", "update", made.id, {"variants": {id_: None}}, children={"variants": {id_: id_}})
    (result,) = endpoint.write("product", [op])
    assert result.error is None
    result = reorder(endpoint, made, ("Size", ["L", "S"]))
    assert result.error is None
    assert [value for value in order(result.record)[0][1] if value != "M"] == ["L", "S"]


def test_a_new_variant_comes_with_its_place():
    endpoint, _shop, made = shirt("S", "M")
    values = {
        "options": [{"name": "Size", "values": ["XS", "S", "M"]}],
        "variants": {"new": {"sku": "SKU-XS", "options": {"Size": "XS"}}},
    }
    (result,) = endpoint.write("product", [Op("n", "update", made.id, values)])
    assert result.error is None
    assert order(result.record) == [("Size", ["XS", "S", "M"])]

"""Records whose dead letter a person discarded are left out until they change."""

from __future__ import annotations

from gateway_ng.lib.merge import Rule
from gateway_ng.lib.sync.given_up import FILTER
from gateway_ng.tests.contract.world import World

BAD = {"title": "Mug", "sku": "M1", "price": "no price", "note": "new", "status": "active"}


def test_one_that_was_given_up_is_left_out_and_told_so_until_it_changes() -> None:
    world = World()
    shop_id = world.shop.put("product", BAD)
    assert world.run("import") == {"dead": 1}
    world.store.discard("product", "import", shop_id, "a test article")
    assert world.run("import") == {"filtered": 1}
    trace = world.trace(shop_id)
    assert (trace.filter, trace.reasons[""]) == (
        FILTER,
        "its dead letter was discarded: a test article",
    )
    world.shop.edit("product", shop_id, title="Cup")
    assert world.run("import") == {"dead": 1}
    world.shop.edit("product", shop_id, price="7.00")
    assert world.run("import") == {"created": 1}


def test_one_that_changed_and_came_back_to_what_it_was_is_tried_again() -> None:
    world = World()
    shop_id = world.shop.put("product", BAD)
    world.run("import")
    world.store.discard("product", "import", shop_id, "a test article")
    world.shop.edit("product", shop_id, price="7.00")
    assert world.run("import") == {"created": 1}
    world.shop.edit("product", shop_id, price="no price")
    assert world.run("import") == {"dead": 1}, "an edit is not passed over in silence"


def test_one_that_is_owed_a_write_is_tried_all_the_same() -> None:
    world = World()
    shop_id, _odoo_id = world.pair()
    world.shop.edit("product", shop_id, price="no price")
    assert world.run("import") == {"dead": 1}
    world.store.discard("product", "import", shop_id, "a test article")
    assert world.run("import") == {"filtered": 1}
    binding = world.binding(shop_id)
    binding.pending = "import"
    world.store.settle("product", "import", [binding], ())
    world.store.commit()
    assert set(world.run("import")) == {"dead"}


def test_one_that_is_settled_as_it_is_was_given_up_for_what_was_to_follow() -> None:
    """Its letter was about an image, or a step of its workflow: the record itself goes on."""
    world = World(rules=[Rule("*", "remote", True)])
    shop_id, odoo_id = world.pair()
    digest = world.binding(shop_id).digests["remote"]
    world.store.discarded["product", "import", shop_id] = (digest, "no image")
    world.odoo.edit("product", odoo_id, name="Renamed")
    assert world.run("import") == {"updated": 1}

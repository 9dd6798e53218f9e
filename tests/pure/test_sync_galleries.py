"""Lists of images through the pipeline: what is added, removed or put in another order goes over,
and nothing that is known is sent again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway_ng.lib.demoshop.pictures import encoded_anew, png
from gateway_ng.lib.endpoint import Op, Result
from gateway_ng.lib.errors import Refused, RetryLater
from gateway_ng.lib.images import hash_of
from gateway_ng.lib.mapping import compile_mapping, effective, link
from gateway_ng.lib.merge import Side, Strategy
from gateway_ng.lib.sync import Done, Flow, undo
from gateway_ng.lib.sync.images import expected
from gateway_ng.lib.sync.reconcile import reconcile
from gateway_ng.tests.pure import test_sync_images as single

RED, BLUE, GREEN, GREY = map(png, ((200, 0, 0), (0, 0, 200), (0, 200, 0), (90, 90, 90)))


def document(model: str, source: str, name: str, path: str) -> dict[str, Any]:
    of_one = single.document(model, source, (name, path))
    of_one["record"][name] = {"MAPTO": path, "type": "images"}
    return of_one


IN = compile_mapping(effective([("x", document("odoo", "shop", "pictures", "images"))]))
OUT = compile_mapping(effective([("x", document("shop", "odoo", "images", "pictures"))]))


class Listing:
    """Keeps what an op names, in its order, and behind it what came since and is not removed."""

    def _kept(self, op: Op) -> Op:
        values, field = dict(op.values), self.field  # type: ignore[attr-defined]
        if values.get(field) is not None:
            there = list(self.rows["product"][op.id].fields[field]) if op.id else []  # type: ignore[attr-defined]
            named = [
                self.keep(op.images[name].content) if name in op.images else name  # type: ignore[attr-defined]
                for name in values[field]
            ]
            gone = {*op.removed.get(field, ()), *named}
            values[field] = [*named, *(name for name in there if name not in gone)]
        return Op(op.key, op.action, op.id, values)


class Odoo(Listing, single.Odoo):
    field = "pictures"


class Shop(Listing, single.Shop):
    field = "images"
    loses = False

    def _update(self, entity: str, op: Op) -> Result:
        return self._answered(super()._update(entity, op))

    def _create(self, entity: str, op: Op) -> Result:
        return self._answered(super()._create(entity, op))

    def _answered(self, result: Result) -> Result:
        if self.loses:
            self.loses = False
            raise RetryLater("no answer")
        return result

    def settle(self) -> None:
        for id_, row in self.rows["product"].items():
            names = [f"{one}9" if one.endswith("@") else one for one in row.fields["images"]]
            self.edit("product", id_, images=names)


class World(single.World):
    def __init__(self) -> None:
        super().__init__()
        self.shop: Shop = Shop(clock=self.clock, prefix="s")
        self.odoo: Odoo = Odoo(clock=self.clock, prefix="o", transactional=True)

    def flow(self, direction: str) -> Flow:
        there, back = (IN, OUT) if direction == "import" else (OUT, IN)
        flow = super().flow(direction)
        return replace(flow, mapping=there, back=back, links=link(IN, OUT))

    def both(self, images: list[str], pictures: list[str]) -> tuple[str, str]:
        fields = {"sku": "A", "name": "Mug"}
        return (
            self.shop.put("product", {**fields, "images": images}),
            self.odoo.put("product", {**fields, "pictures": pictures}),
        )

    @property
    def pictures(self) -> list[str]:
        return list(self.odoo.all("product")[0]["pictures"])

    @property
    def shown(self) -> list[str]:
        return list(self.shop.all("product")[0]["images"])


@pytest.fixture
def world() -> World:
    return World()


def test_images_of_the_shop_come_in_their_order_and_are_fetched_once(world: World) -> None:
    names = [world.shop.add(RED), world.shop.add(BLUE)]
    world.shop.put("product", {"sku": "A", "name": "Mug", "images": names})
    assert world.run("import") == {"created": 1}
    assert world.pictures == [hash_of(RED), hash_of(BLUE)]
    assert world.shop.fetched == names
    assert world.quiet()


def test_images_of_odoo_go_out_in_their_order_and_are_sent_once(world: World) -> None:
    pictures = [world.odoo.keep(RED), world.odoo.keep(BLUE)]
    world.odoo.put("product", {"sku": "A", "name": "Mug", "pictures": pictures})
    assert world.run("export") == {"created": 1}
    assert world.shown == ["1@", "3@"]
    world.shop.settle()
    assert world.run("import") == {"unchanged": 1}
    assert world.shop.fetched == []
    assert world.quiet() and world.pictures == pictures


def test_only_what_is_new_at_the_shop_is_fetched(world: World) -> None:
    shop_id, _odoo_id = world.both([world.shop.add(RED)], [])
    world.run("import")
    new = world.shop.add(BLUE)
    world.shop.edit("product", shop_id, images=[new, *world.shown])
    assert world.run("import") == {"updated": 1}
    assert (world.shop.fetched, world.pictures) == ([new], [hash_of(BLUE), hash_of(RED)])
    assert world.quiet()


def test_only_what_is_new_in_odoo_is_sent(world: World) -> None:
    _shop_id, odoo_id = world.both([world.shop.add(RED)], [])
    world.run("import")
    new = world.odoo.keep(BLUE)
    world.odoo.edit("product", odoo_id, pictures=[new, *world.pictures])
    assert world.run("export") == {"updated": 1}
    assert list(world.shop.ops[-1].images) == [new]
    assert world.shown == ["2@", "1@1"]
    assert world.quiet()


@pytest.mark.parametrize("direction", ["import", "export"])
def test_another_order_goes_over_and_no_content_with_it(world: World, direction: str) -> None:
    shop_id, odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    if direction == "import":
        world.shop.edit("product", shop_id, images=world.shown[::-1])
    else:
        world.odoo.edit("product", odoo_id, pictures=world.pictures[::-1])
    assert world.run(direction) == {"updated": 1}
    assert (world.shop.fetched, world.odoo.fetched) == ([], [])
    assert world.pictures == [hash_of(BLUE), hash_of(RED)]
    assert world.shown == ["2@1", "1@1"]
    assert world.quiet()


@pytest.mark.parametrize("direction", ["import", "export"])
def test_one_that_is_taken_away_goes_on_the_other_side_too(world: World, direction: str) -> None:
    shop_id, odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    if direction == "import":
        world.shop.edit("product", shop_id, images=world.shown[1:])
    else:
        world.odoo.edit("product", odoo_id, pictures=world.pictures[1:])
    assert world.run(direction) == {"updated": 1}
    assert (world.pictures, world.shown) == ([hash_of(BLUE)], ["2@1"])
    assert world.quiet()


def test_the_last_one_that_is_taken_away_goes_too(world: World) -> None:
    shop_id, _odoo_id = world.both([world.shop.add(RED)], [])
    world.run("import")
    world.shop.edit("product", shop_id, images=[])
    assert world.run("import") == {"updated": 1}
    assert world.pictures == [] and world.quiet()


def test_at_the_first_meeting_an_empty_side_is_filled_and_empties_nothing(world: World) -> None:
    world.both([], [world.odoo.keep(RED)])
    assert world.run("import") == {"unchanged": 1}
    assert world.run("export") == {"updated": 1}
    assert world.pictures == [hash_of(RED)] and world.shown == ["1@"]
    assert world.quiet()


def test_the_same_contents_on_both_sides_are_settled_and_written_nowhere(world: World) -> None:
    world.both(
        [world.shop.add(RED), world.shop.add(BLUE)], [world.odoo.keep(RED), world.odoo.keep(BLUE)]
    )
    assert world.run("import") == {"unchanged": 1}
    assert (world.odoo.ops, world.shop.ops) == ([], [])
    assert world.quiet()


def test_images_that_odoo_alone_has_stay_behind_those_of_the_shop(world: World) -> None:
    world.both([world.shop.add(RED)], [world.odoo.keep(GREEN)])
    assert world.run("import") == {"updated": 1}
    assert world.pictures == [hash_of(RED), hash_of(GREEN)]
    assert world.quiet()


def test_one_that_can_t_be_had_leaves_the_list_as_it_was(world: World) -> None:
    shop_id, _odoo_id = world.both([world.shop.add(RED)], [])
    world.run("import")
    broken = world.shop.add(Refused("it is no image", value="a.png", remedy="Replace it."))
    world.shop.edit("product", shop_id, name="Cup", images=[*world.shown, broken])
    assert world.run("import") == {"updated": 1}
    assert world.odoo.all("product")[0]["name"] == "Cup"
    assert world.pictures == [hash_of(RED)]
    assert "field pictures" in world.dead[0] and "it is no image" in world.dead[0]
    assert world.run("export") == {"unchanged": 1}
    world.shop.files[broken] = BLUE
    assert world.run("import") == {"updated": 1}
    assert world.pictures == [hash_of(RED), hash_of(BLUE)]
    assert world.dead == [] and world.quiet()


def test_before_the_locks_only_what_is_new_is_asked_for(world: World) -> None:
    shop_id, _odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    new = world.shop.add(GREEN)
    world.shop.edit("product", shop_id, images=[new, *world.shown])
    records = list(world.shop.fetch("product", [shop_id]))
    assert list(expected(world.flow("import"), records)) == [new]


@pytest.mark.parametrize("direction", ["import", "export"])
def test_names_of_the_two_sides_are_no_difference_and_another_order_is(
    world: World, direction: str
) -> None:
    shop_id, _odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    assert compared(world, direction) == {"unchanged": 1}
    world.shop.edit("product", shop_id, images=world.shown[::-1])
    assert compared(world, direction) == {"held": 1}


def compared(world: World, direction: str) -> dict[str, int]:
    flow = world.flow(direction)
    records = list(flow.source.fetch("product", list(flow.source.rows["product"])))  # type: ignore[attr-defined]
    return dict(reconcile(flow, records))


@pytest.mark.parametrize("winner", ["odoo", "remote"])
def test_of_lists_edited_on_both_sides_the_winner_s_goes_over(world: World, winner: Side) -> None:
    world.strategy = Strategy((), "source_priority", winner)
    shop_id, odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    one, _two = world.shown
    world.shop.edit("product", shop_id, images=[one, world.shop.add(GREEN)])
    world.odoo.edit("product", odoo_id, pictures=[world.pictures[0], world.odoo.keep(GREY)])
    world.run("import")
    world.run("export")
    wanted = {"odoo": GREY, "remote": GREEN}[winner]
    assert world.pictures[1] == hash_of(wanted)
    world.shop.settle()
    kept = {"odoo": encoded_anew(GREY), "remote": GREEN}[winner]
    assert world.shop.files[world.shown[1]] == kept
    assert world.quiet()


@pytest.mark.parametrize("winner", ["odoo", "remote"])
def test_an_upload_whose_answer_was_lost_is_taken_for_what_it_is(
    world: World, winner: Side
) -> None:
    """The shop encodes it anew, so that its content does not tell; its place does."""
    world.strategy = Strategy((), "source_priority", winner)
    _shop_id, odoo_id = world.both([world.shop.add(RED)], [])
    world.run("import")
    world.odoo.edit("product", odoo_id, pictures=[*world.pictures, world.odoo.keep(BLUE)])
    world.shop.loses = True
    with pytest.raises(RetryLater):
        world.run("export")
    assert world.shown == ["1@1", "2@"]
    world.run("export")
    assert world.shown == ["1@1", "2@"] and len(world.pictures) == 2
    world.shop.settle()
    world.run("import")
    assert world.pictures == [hash_of(RED), hash_of(BLUE)]
    assert world.quiet()


def test_an_upload_whose_answer_was_lost_is_not_taken_in_as_the_shop_s_own(world: World) -> None:
    _shop_id, odoo_id = world.both([world.shop.add(RED)], [])
    world.run("import")
    world.odoo.edit("product", odoo_id, pictures=[*world.pictures, world.odoo.keep(BLUE)])
    world.shop.loses = True
    with pytest.raises(RetryLater):
        world.run("export")
    world.shop.settle()
    world.run("import")
    assert world.pictures == [hash_of(RED), hash_of(BLUE)]
    assert all(not trace.conflicts for *_, trace in world.store.traces)
    world.run("export")
    assert world.shown == ["1@1", "2@9"] and world.quiet()


def test_a_version_that_came_later_is_no_difference(world: World) -> None:
    world.odoo.put("product", {"sku": "A", "name": "Mug", "pictures": [world.odoo.keep(RED)]})
    world.run("export")
    world.shop.settle()
    assert compared(world, "export") == {"unchanged": 1}


def test_the_same_edit_on_both_sides_is_no_difference(world: World) -> None:
    shop_id, odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    world.shop.edit("product", shop_id, images=world.shown[::-1])
    world.odoo.edit("product", odoo_id, pictures=world.pictures[::-1])
    assert compared(world, "export") == {"unchanged": 1}


# -- lists that a decision left apart: what stands at the same place is not the same image


def left_apart(world: World) -> tuple[str, str]:
    """Both edited, Odoo won, and its list was not carried to the shop yet: [red, green] there,
    [red, grey] here."""
    world.strategy = Strategy((), "source_priority", "odoo")
    ids = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    one, _two = world.shown
    world.shop.edit("product", ids[0], images=[one, world.shop.add(GREEN)])
    world.odoo.edit("product", ids[1], pictures=[world.pictures[0], world.odoo.keep(GREY)])
    world.run("import")
    assert world.pictures == [hash_of(RED), hash_of(GREY)]
    return ids


def test_lists_left_apart_are_not_paired_by_place_when_the_loser_is_edited_again(
    world: World,
) -> None:
    shop_id, _odoo_id = left_apart(world)
    world.shop.edit("product", shop_id, images=world.shown[::-1])
    world.strategy = Strategy((), "source_priority", "remote")
    world.run("import")
    assert world.pictures == [hash_of(GREEN), hash_of(RED), hash_of(GREY)]
    assert world.shop.fetched == ["3@1"]
    world.run("export")
    assert [world.shop.files[name] for name in world.shown[:2]] == [GREEN, RED]


def test_lists_left_apart_are_paired_once_the_winner_s_is_carried(world: World) -> None:
    """What the loser added stays behind it: nobody settled it, so nobody takes it off."""
    left_apart(world)
    world.run("export")
    assert len(world.shop.ops[-1].images) == 1
    world.shop.settle()
    assert world.shown == ["1@1", "4@9", "3@1"]
    assert world.quiet()
    assert world.pictures == [hash_of(RED), hash_of(GREY)]


def test_lists_left_apart_say_no_more_where_nothing_was_edited(world: World) -> None:
    shop_id, _odoo_id = left_apart(world)
    world.strategy = Strategy((), "source_priority", "remote")
    world.shop.edit("product", shop_id, name="Cup")
    world.run("import")
    assert world.odoo.all("product")[0]["name"] == "Cup"
    assert world.pictures == [hash_of(RED), hash_of(GREY)]


# -- names that are others by now


@pytest.mark.parametrize("direction", ["import", "export"])
def test_an_edit_beside_a_version_that_came_later_sends_only_what_is_new(
    world: World, direction: str
) -> None:
    world.odoo.put("product", {"sku": "A", "name": "Mug", "pictures": [world.odoo.keep(RED)]})
    world.run("export")
    world.shop.settle()
    (shop_id,), (odoo_id,) = world.shop.rows["product"], world.odoo.rows["product"]
    if direction == "import":
        world.shop.edit("product", shop_id, images=[world.shop.add(BLUE), *world.shown])
        world.run("import")
        assert len(world.shop.fetched) == 1
    else:
        world.odoo.edit("product", odoo_id, pictures=[world.odoo.keep(BLUE), *world.pictures])
        world.run("export")
        assert len(world.shop.ops[-1].images) == 1
    assert world.pictures == [hash_of(BLUE), hash_of(RED)]
    assert len(world.shown) == 2 and world.shown[1] == "1@9"
    world.shop.settle()
    assert world.quiet()


@pytest.mark.parametrize("direction", ["import", "export"])
def test_one_that_the_loser_took_away_comes_back(world: World, direction: str) -> None:
    world.strategy = Strategy()
    shop_id, odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    if direction == "import":
        world.shop.edit("product", shop_id, images=world.shown[::-1])
        world.odoo.edit("product", odoo_id, pictures=world.pictures[:1])
    else:
        world.odoo.edit("product", odoo_id, pictures=world.pictures[::-1])
        world.shop.edit("product", shop_id, images=world.shown[:1])
    assert world.run(direction) == {"updated": 1}
    assert world.pictures == [hash_of(BLUE), hash_of(RED)]
    assert len(world.shown) == 2 and world.shown[1] == "1@1"
    assert world.dead == []
    world.shop.settle()
    assert world.quiet()


def test_a_create_whose_answer_was_lost_is_found_with_its_images(world: World) -> None:
    pictures = [world.odoo.keep(RED), world.odoo.keep(BLUE)]
    world.odoo.put("product", {"sku": "A", "name": "Mug", "pictures": pictures})
    world.shop.loses = True
    with pytest.raises(RetryLater):
        world.run("export")
    assert world.run("export") == {"created": 1}
    assert world.shown == ["1@", "3@"] and len(world.shop.all("product")) == 1
    world.shop.settle()
    assert world.quiet() and world.pictures == pictures


def test_a_list_that_is_taken_back_ties_nothing_and_goes_on_by_content(world: World) -> None:
    shop_id, _odoo_id = world.both([world.shop.add(RED), world.shop.add(BLUE)], [])
    world.run("import")
    since = len(world.store.traces)
    one, two = world.shown
    world.shop.edit("product", shop_id, images=[world.shop.add(GREEN), two])
    world.run("import")
    assert world.pictures == [hash_of(GREEN), hash_of(BLUE)]
    done = [
        Done(trace.source_id, trace.target_id, trace.outcome, trace.fields)
        for _entity, _direction, trace in world.store.traces[since:]
    ]
    assert undo(world.flow("import"), done) == {"updated": 1}
    world.store.commit()
    assert world.pictures == [hash_of(RED), hash_of(BLUE)]
    # The shop keeps its own, and its next edit comes without anything taken for another.
    assert world.run("export") == {"unchanged": 1}
    green, _two = world.shown
    world.shop.edit("product", shop_id, images=[two, green])
    assert world.run("import") == {"updated": 1}
    assert world.pictures[:2] == [hash_of(BLUE), hash_of(GREEN)]
    assert all(not trace.conflicts for *_, trace in world.store.traces)


def test_an_edit_before_versions_came_is_carried_though_they_are_read_first(world: World) -> None:
    pictures = [world.odoo.keep(RED), world.odoo.keep(BLUE)]
    odoo_id = world.odoo.put("product", {"sku": "A", "name": "Mug", "pictures": pictures})
    world.run("export")
    world.odoo.edit("product", odoo_id, pictures=pictures[::-1])
    world.shop.settle()
    world.run("import")
    assert world.run("export") == {"updated": 1}
    assert world.shown == ["3@9", "1@9"]
    assert world.quiet() and world.pictures == pictures[::-1]


@pytest.mark.parametrize("order", [("import", "export"), ("export", "import")])
def test_lists_of_a_record_that_was_bound_before_they_were_carried_stay_as_they_are(
    world: World, order: tuple[str, str]
) -> None:
    shop_id, odoo_id = world.both([], [])
    world.run("import")
    images = [world.shop.add(RED), world.shop.add(BLUE)]
    pictures = [world.odoo.keep(encoded_anew(RED)), world.odoo.keep(encoded_anew(BLUE))]
    world.shop.edit("product", shop_id, images=images)
    world.odoo.edit("product", odoo_id, pictures=pictures)
    for binding in world.store.bindings("product", "remote", [shop_id], lock=True).values():
        for base, name in (("import", "pictures"), ("export", "images")):
            binding.base[base].pop(name, None)  # type: ignore[index]
        world.store.settle("product", "import", [binding], ())
        world.store.commit()
    writes = len(world.shop.ops) + len(world.odoo.ops)
    for direction in order:
        world.run(direction)
    assert (world.shown, world.pictures) == (images, pictures)
    assert world.quiet() and len(world.shop.ops) + len(world.odoo.ops) == writes
    new = world.odoo.keep(GREEN)
    world.odoo.edit("product", odoo_id, pictures=[*pictures, new])
    world.run("export")
    assert list(world.shop.ops[-1].images).count(new) == 1
    assert world.quiet()

"""Images through the pipeline: each side names them in its own way, and the content goes beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gateway_ng.lib import contents
from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop.pictures import encoded_anew, png
from gateway_ng.lib.endpoint import Op, Page, Record, Result
from gateway_ng.lib.errors import GatewayError, MappingError, Refused, RetryLater
from gateway_ng.lib.images import Image, hash_of, image_of, is_same
from gateway_ng.lib.mapping import compile_mapping, effective, link
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.merge import Strategy
from gateway_ng.lib.sync import Flow, settle_page
from gateway_ng.lib.sync.images import expected
from gateway_ng.tests.contract.memory import MemoryEndpoint, entity

RED, BLUE, GREEN = png((200, 0, 0)), png((0, 0, 200)), png((0, 200, 0))


def document(model: str, source: str, image: tuple[str, str]) -> dict[str, Any]:
    name, path = image
    return {
        "model": model,
        "source_table": source,
        "source_id_field": "id",
        "identity": ["sku"],
        "record": {
            "sku": {"MAPTO": "sku", "type": "char"},
            "name": {"MAPTO": "name", "type": "char"},
            name: {"MAPTO": path, "type": "image"},
        },
    }


IN = compile_mapping(effective([("x", document("odoo", "shop", ("picture", "image")))]))
OUT = compile_mapping(effective([("x", document("shop", "odoo", ("image", "picture")))]))


class Side(MemoryEndpoint):
    """Keeps contents by the names it gives them."""

    field = ""

    def __init__(self, **more: Any) -> None:
        super().__init__(entity("product", "any"), **more)
        self.files: dict[str, bytes | GatewayError | None] = {}
        self.fetched: list[str] = []

    def images(
        self, entity: str, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        for name in wanted:
            self.fetched.append(name)
            found = self.files[name]
            yield name, image_of(found, "it.png") if isinstance(found, bytes) else found

    def _create(self, entity: str, op: Op) -> Result:
        kept = self._kept(op)
        values = {self.field: None, **kept.values}
        return super()._create(entity, Op(op.key, op.action, op.id, values))

    def _update(self, entity: str, op: Op) -> Result:
        return super()._update(entity, self._kept(op))

    def _kept(self, op: Op) -> Op:
        values = dict(op.values)
        if values.get(self.field) is not None:
            values[self.field] = self.keep(op.images[values[self.field]].content)
        return Op(op.key, op.action, op.id, values)

    def keep(self, content: bytes) -> str:
        raise NotImplementedError


class Odoo(Side):
    field = "picture"

    def keep(self, content: bytes) -> str:
        self.files[hash_of(content)] = content
        return hash_of(content)


class Shop(Side):
    """Encodes anew what it is given, and takes it in later: until `settle` it has no version."""

    field = "image"

    def keep(self, content: bytes) -> str:
        name = f"{len(self.files) + 1}@"
        self.files[name] = None
        self.files[f"{name}9"] = encoded_anew(content)
        return name

    def add(self, content: bytes | GatewayError) -> str:
        name = f"{len(self.files) + 1}@1"
        self.files[name] = content
        return name

    def settle(self) -> None:
        for id_, row in self.rows["product"].items():
            if str(row.fields.get("image")).endswith("@"):
                self.edit("product", id_, image=f"{row.fields['image']}9")


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.shop = Shop(clock=self.clock, prefix="s")
        self.odoo = Odoo(clock=self.clock, prefix="o", transactional=True)
        self.store = MemoryStore()
        self.strategy = Strategy()

    def flow(self, direction: str) -> Flow:
        inward = direction == "import"
        return Flow(
            entity="product",
            direction="import" if inward else "export",
            mapping=IN if inward else OUT,
            back=OUT if inward else IN,
            source=self.shop if inward else self.odoo,
            target=self.odoo if inward else self.shop,
            store=self.store,
            links=link(IN, OUT),
            clock=self.clock,
            strategy=self.strategy,
        )

    def run(self, direction: str) -> dict[str, int]:
        flow = self.flow(direction)
        self.shop.fetched.clear()
        self.odoo.fetched.clear()
        owed = self.store.pending("product", flow.direction)
        records = [
            *flow.source.fetch("product", owed),
            *(record for page in flow.source.pages("product") for record in page.records),
        ]
        counts = settle_page(flow, Page(records, None, None))
        self.store.commit()
        self.clock.advance(60)
        return {name: number for name, number in counts.items() if number and name != "repeated"}

    def pair(self, image: str | None = None, picture: str | None = None) -> tuple[str, str]:
        """A product on each side, that have not met."""
        fields = {"sku": "A", "name": "Mug"}
        return (
            self.shop.put("product", {**fields, "image": image}),
            self.odoo.put("product", {**fields, "picture": picture}),
        )

    def quiet(self) -> bool:
        """Nothing is written nor fetched in either direction."""
        for direction in ("import", "export"):
            assert self.run(direction) == {"unchanged": len(self.shop.rows["product"])}
            assert (self.shop.fetched, self.odoo.fetched) == ([], [])
        return True

    @property
    def dead(self) -> list[str]:
        return [str(trace.error) for trace in self.store.dead.values()]


@pytest.fixture
def world() -> World:
    return World()


def test_an_image_of_the_shop_is_fetched_once_and_kept_by_its_hash(world: World) -> None:
    name = world.shop.add(RED)
    world.shop.put("product", {"sku": "A", "name": "Mug", "image": name})
    assert world.run("import") == {"created": 1}
    (row,) = world.odoo.all("product")
    assert (row["picture"], world.shop.fetched) == (hash_of(RED), [name])
    (binding,) = world.store.all("product")
    assert binding.base["import"]["picture"] == (name, hash_of(RED))
    assert binding.base["export"]["image"] == (hash_of(RED), name)
    assert world.quiet()


def test_an_image_of_odoo_is_sent_once_and_the_shop_s_own_encoding_is_no_edit(world: World) -> None:
    world.odoo.put("product", {"sku": "A", "name": "Mug", "picture": world.odoo.keep(RED)})
    assert world.run("export") == {"created": 1}
    assert world.shop.ops[0].images[hash_of(RED)].content == RED
    assert world.quiet()
    world.shop.settle()  # taken in: it has a version, and other bytes
    assert world.run("import") == {"unchanged": 1}
    assert world.shop.fetched == []
    (binding,) = world.store.all("product")
    assert binding.base["import"]["picture"] == ("1@9", hash_of(RED))
    assert world.quiet()
    assert world.odoo.files[world.odoo.all("product")[0]["picture"]] == RED


def test_after_it_was_taken_in_an_edit_at_the_shop_is_one(world: World) -> None:
    world.odoo.put("product", {"sku": "A", "name": "Mug", "picture": world.odoo.keep(RED)})
    world.run("export")
    world.shop.settle()
    world.run("import")
    (id_,) = world.shop.rows["product"]
    world.shop.edit("product", id_, image=world.shop.add(BLUE))
    assert world.run("import") == {"updated": 1}
    assert world.odoo.all("product")[0]["picture"] == hash_of(BLUE)
    assert world.quiet()


def test_the_same_content_on_both_sides_is_settled_and_written_nowhere(world: World) -> None:
    world.pair(world.shop.add(RED), world.odoo.keep(RED))
    assert world.run("import") == {"unchanged": 1}
    assert (world.odoo.ops, world.shop.ops) == ([], [])
    assert world.quiet()


def test_at_the_first_meeting_an_empty_side_is_filled_and_empties_nothing(world: World) -> None:
    world.pair(None, world.odoo.keep(RED))
    assert world.run("import") == {"unchanged": 1}
    assert world.run("export") == {"updated": 1}
    assert world.odoo.all("product")[0]["picture"] == hash_of(RED)
    assert world.store.held == {} and world.quiet()


def test_an_empty_side_is_filled_whoever_wins_and_nobody_is_told_of_a_conflict(
    world: World,
) -> None:
    world.strategy = Strategy((), "source_priority", "odoo")
    world.pair(world.shop.add(RED), None)
    assert world.run("import") == {"updated": 1}
    assert world.odoo.all("product")[0]["picture"] == hash_of(RED)
    assert [trace.conflicts for *_, trace in world.store.traces] == [()]


def test_once_settled_an_image_that_is_taken_away_goes_on_the_other_side_too(world: World) -> None:
    shop_id, odoo_id = world.pair(world.shop.add(RED), None)
    world.run("import")
    world.shop.edit("product", shop_id, image=None)
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["picture"] is None
    assert world.quiet()


def test_what_is_no_image_leaves_its_product_to_go_on(world: World) -> None:
    broken = world.shop.add(Refused("it is no image", value="a.png", remedy="Replace it."))
    world.shop.put("product", {"sku": "A", "name": "Mug", "image": broken})
    assert world.run("import") == {"created": 1}
    (row,) = world.odoo.all("product")
    assert row["picture"] is None
    (letter,) = world.store.dead.values()
    assert (letter.outcome, letter.stage) == ("created", "image")
    for part in ("field picture", "it is no image", "'a.png'", "Replace it."):
        assert part in str(letter.error)
    assert world.store.pending("product", "import") == []
    world.shop.files[broken] = RED  # mended: the next look brings it
    assert world.run("import") == {"updated": 1}
    assert world.odoo.all("product")[0]["picture"] == hash_of(RED)
    assert world.dead == [] and world.quiet()


def test_what_can_t_be_had_for_now_is_owed_to_the_next_run(world: World) -> None:
    lost = world.shop.add(RetryLater("no answer"))
    world.shop.put("product", {"sku": "A", "name": "Mug", "image": lost})
    assert world.run("import") == {"created": 1}
    (id_,) = world.store.pending("product", "import")
    assert "no answer" in world.dead[0]
    world.shop.files[lost] = RED
    assert world.run("import") == {"updated": 1}
    assert world.store.pending("product", "import") == [] and world.dead == []
    assert id_ in world.shop.rows["product"] and world.quiet()


def test_a_broken_image_keeps_the_one_that_is_there(world: World) -> None:
    shop_id, odoo_id = world.pair(world.shop.add(RED), None)
    world.run("import")
    broken = world.shop.add(Refused("too large"))
    world.shop.edit("product", shop_id, image=broken, name="Cup")
    assert world.run("import") == {"updated": 1}
    row = world.odoo.get("product", odoo_id)
    assert (row["name"], row["picture"]) == ("Cup", hash_of(RED))
    assert world.run("export") == {"unchanged": 1}  # nor is Odoo's carried back over it
    assert world.shop.get("product", shop_id)["image"] == broken


def test_one_that_the_target_leaves_out_is_told_and_its_base_stays(world: World) -> None:
    _shop_id, odoo_id = world.pair(world.shop.add(RED), None)

    def carry_out(entity: str, op: Op) -> Result:
        rest = {name: value for name, value in op.values.items() if name != "picture"}
        done = Side._update(world.odoo, entity, Op(op.key, op.action, op.id, rest))
        return Result(done.id, done.record, warning=Refused("no such kind"), left=["picture"])

    world.odoo._update = carry_out  # type: ignore[method-assign]
    world.run("import")
    assert ["no such kind" in text for text in world.dead] == [True]
    (binding,) = world.store.all("product")
    assert "picture" not in binding.base["import"]
    assert world.odoo.get("product", odoo_id)["picture"] is None
    del world.odoo._update  # type: ignore[method-assign]
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["picture"] == hash_of(RED)


def test_what_does_not_fit_into_a_page_comes_with_the_next_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "PAGE_BYTES", len(RED))
    for number, content in enumerate((RED, BLUE, GREEN)):
        name = world.shop.add(content)
        world.shop.put("product", {"sku": str(number), "name": "Mug", "image": name})
    assert world.run("import") == {"created": 3}
    assert len(world.shop.fetched) == 1
    assert len(world.store.pending("product", "import")) == 2 and world.dead == []
    assert world.run("import")["updated"] == 1
    assert world.run("import")["updated"] == 1
    assert {row["picture"] for row in world.odoo.all("product")} == set(world.odoo.files)
    assert world.quiet()


def test_a_server_that_does_not_answer_is_not_asked_for_every_image(world: World) -> None:
    for number in range(9):
        name = world.shop.add(RetryLater("no answer"))
        world.shop.put("product", {"sku": str(number), "name": "Mug", "image": name})
    assert world.run("import") == {"created": 9}
    assert len(world.shop.fetched) == contents.PAGE_SILENCES == len(world.dead)
    assert len(world.store.pending("product", "import")) == 9


def test_before_the_locks_only_what_is_new_is_asked_for(world: World) -> None:
    known, fresh = world.shop.add(RED), world.shop.add(BLUE)
    world.shop.put("product", {"sku": "A", "name": "Mug", "image": known}, "s-known")
    world.run("import")
    world.shop.put("product", {"sku": "B", "name": "Cup", "image": fresh}, "s-fresh")
    world.shop.put("product", {"sku": "C", "name": "Jar", "image": None}, "s-none")
    records = list(world.shop.fetch("product", ["s-known", "s-fresh", "s-none"]))
    assert list(expected(world.flow("import"), records)) == [fresh]
    world.store.commit()
    assert expected(world.flow("import"), [records[2]]) == {}
    assert not world.store.open  # no record with an image: the store is not asked
    assert expected(world.flow("export"), records) == {}


def test_an_image_edited_on_both_sides_is_a_conflict_of_names(world: World) -> None:
    shop_id, odoo_id = world.pair(world.shop.add(RED), None)
    world.run("import")
    world.shop.edit("product", shop_id, image=world.shop.add(BLUE))
    world.odoo.edit("product", odoo_id, picture=world.odoo.keep(GREEN))
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["picture"] == hash_of(BLUE)
    conflict = world.store.traces[-1][2].conflicts[0]
    assert (conflict.fields, conflict.winner) == (("picture",), "remote")
    assert world.quiet()


def test_a_name_without_a_version_is_the_same_when_it_has_got_one() -> None:
    assert is_same("7@", "7@1") and is_same("7@1", "7@1")
    assert not is_same("7@1", "7@2")
    assert not is_same("7@1", "7@")
    assert not is_same("7@", "71@1")
    assert not is_same(None, "7@1")


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (RED, "image/png", "red-mug.png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg", "red-mug.jpg"),
        (b"GIF89a rest", "image/gif", "red-mug.gif"),
        (b"RIFF....WEBPrest", "image/webp", "red-mug.webp"),
    ],
)
def test_an_image_is_known_by_its_first_bytes(content: bytes, kind: str, name: str) -> None:
    image = image_of(content, "Red  Müg.JPEG".replace("ü", "u"))
    assert (image.type, image.name) == (kind, name)


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"<html>", b"RIFF....WAVE", b"%PDF-1.7"])
def test_what_only_calls_itself_an_image_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="no PNG, JPEG, GIF or WebP"):
        image_of(content, "a.png")


def test_what_is_too_large_is_refused_by_its_size() -> None:
    with pytest.raises(Refused, match="larger than 10 bytes"):
        image_of(RED, "a.png", limit=10)


def test_elements_of_lists_have_no_images() -> None:
    field = {"MAPTO": "image", "type": "image"}
    rows = {"MAPTO": "rows", "list": {"key": "id", "record": {"picture": field}}}
    broken = {**document("odoo", "shop", ("picture", "image")), "record": {"rows": rows}}
    broken.pop("identity")
    with pytest.raises(MappingError, match="elements of a list have no images"):
        compile_mapping(effective([("x", broken)]))


def test_an_edit_before_a_version_came_is_carried_though_that_is_read_first(world: World) -> None:
    odoo_id = world.odoo.put(
        "product", {"sku": "A", "name": "Mug", "picture": world.odoo.keep(RED)}
    )
    world.run("export")
    world.odoo.edit("product", odoo_id, picture=world.odoo.keep(BLUE))
    world.shop.settle()
    world.run("import")
    assert world.run("export") == {"updated": 1}
    world.shop.settle()
    (shown,) = world.shop.all("product")
    assert world.shop.files[shown["image"]] == encoded_anew(BLUE)
    assert world.run("import") == world.run("export") == {"unchanged": 1}

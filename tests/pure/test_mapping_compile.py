"""What is refused when a mapping is saved, each with its place and remedy."""

import pytest

from gateway_ng.lib.endpoint import EntityInfo, FieldInfo
from gateway_ng.lib.errors import MappingError
from gateway_ng.lib.mapping import compile_mapping, effective


def entity(model, *names, readonly=()):
    fields = {name: FieldInfo(name, "char", writable=name not in readonly) for name in names}
    return EntityInfo("customer", model, fields)


SOURCE = entity("shopify_customer", "id", "email", "defaultAddress.city", "lines")
TARGET = entity(
    "res.partner", "name", "email", "user_ids", "line_ids", "line_ids.sku", readonly=("user_ids",)
)
MAIL = {"MAPTO": "email", "type": "char"}


def problems(record, source=None, target=None, **more):
    document = {
        "model": "res.partner",
        "source_table": "shopify_customer",
        "source_id_field": "id",
        "record": record,
    }
    made = effective([("shipped", {**document, **more})])
    try:
        compile_mapping(made, source, target)
    except MappingError as error:
        assert all(problem["at"] in str(error) for problem in error.details["problems"])
        return [(p["at"], p["message"], p["remedy"]) for p in error.details["problems"]]
    return []


def one(field, **more):
    found = problems({"x": field}, **more)
    assert len(found) == 1, found
    return found[0]


def test_a_good_mapping_has_no_problems():
    city = {"MAPTO": ["defaultAddress.city", "lambda a: a"], "type": "char"}
    lines = {"MAPTO": "lines", "list": {"key": "id", "record": {"sku": MAIL}}}
    record = {"email": MAIL, "name@fr_FR": city, "line_ids": lines}
    name = FieldInfo("name", "char", writable=True, translated=True)
    target = EntityInfo("customer", "res.partner", {**TARGET.fields, "name": name})
    assert problems(record, SOURCE, target, identity=["email"]) == []


def test_an_unknown_target_field_is_named_with_the_nearest():
    assert problems({"emial": MAIL}, SOURCE, TARGET) == [
        ("/record/emial", "res.partner has no field «emial» for mappings", "did you mean «email»?")
    ]


def test_a_forbidden_target_field_is_refused():
    (found,) = problems({"user_ids": MAIL}, SOURCE, TARGET)
    assert found[:2] == ("/record/user_ids", "«user_ids» of res.partner may not be written")


def test_fields_of_elements_are_checked_where_the_target_tells_them():
    lines = {"MAPTO": "lines", "list": {"key": "id", "record": {"skuu": MAIL}}}
    (found,) = problems({"line_ids": lines}, SOURCE, TARGET)
    assert found[0] == "/record/line_ids/list/record/skuu"
    assert "no field «line_ids.skuu»" in found[1]
    bare = entity("res.partner", "line_ids")
    assert problems({"line_ids": lines}, SOURCE, bare) == []
    elements = entity("res.partner", "line_ids.sku")
    (found,) = problems({"line_ids": lines}, SOURCE, elements)
    assert found[0] == "/record/line_ids/list/record/skuu"


def test_an_unknown_source_field_is_named_with_the_nearest():
    mail = {"MAPTO": "emal", "type": "char"}
    assert problems({"email": mail}, SOURCE, TARGET) == [
        ("/record/email", "shopify_customer has no field «emal»", "did you mean «email»?")
    ]
    filters = {"Active": {"path": "stat.x", "present": True}}
    (found,) = problems({"email": MAIL}, SOURCE, TARGET, filters=filters)
    assert found[0] == "/filters/Active"


def test_the_targets_own_record_may_be_read():
    assert problems({"email": {"MAPTO": "@.email", "type": "char"}}, SOURCE, TARGET) == []
    assert problems({"email": {"MAPTO": "@.emil", "type": "char"}}, SOURCE, TARGET) == [
        ("/record/email", "res.partner has no field «emil»", "did you mean «email»?")
    ]


def test_a_mapping_of_other_entities_is_refused():
    found = problems({"email": MAIL}, entity("other", "id", "email"), TARGET)
    assert found == [
        ("/source_table", "«shopify_customer» is not this entity; it is «other»", "write «other»")
    ]


def test_a_refused_lambda_has_its_position():
    found = one({"MAPTO": ["a", "lambda a: a.__class__"], "type": "char"})
    assert found[0] == "/record/x/MAPTO/1"
    assert "starts with _ and is not allowed (line 1, column 11)" in found[1]


def test_every_problem_is_listed():
    found = problems(
        {
            "a": {"MAPTO": ["x", "lambda y: z"], "type": "char"},
            "b": {"MAPTO": "x", "type": "char", "transform": ["strip", "lowrcase"]},
            "c": {"MAPVALUE": "many", "type": "integer"},
        },
        identity=["d"],
    )
    assert [at for at, _, _ in found] == [
        "/record/a/MAPTO/1",
        "/record/b/transform/1",
        "/record/c/MAPVALUE",
        "/identity/0",
    ]


@pytest.mark.parametrize(
    ("field", "at", "said"),
    [
        ({"MAPTO": "a"}, "/record/x", "has no type"),
        ({"MAPTO": "a", "type": "reference"}, "/record/x", "does not say what it refers to"),
        (
            {"MAPTO": "a", "type": "char", "reference": {"entity": "b"}},
            "/record/x",
            "type reference or list, not char",
        ),
        (
            {"MAPTO": "a", "type": "char", "list": {"key": "id", "record": {"y": MAIL}}},
            "/record/x",
            "has the type list, not char",
        ),
        (
            {"MAPTO": ["a", "lambda a, b: a"], "type": "char"},
            "/record/x/MAPTO/1",
            "takes 2 arguments, but 1 paths",
        ),
        (
            {"MAPTO": ["lambda a: a", "a"], "type": "char"},
            "/record/x/MAPTO/0",
            "a lambda stands last",
        ),
        ({"MAPTO": "^a", "type": "char"}, "/record/x/MAPTO", "leads out of the record"),
        ({"MAPTO": ".", "type": "char"}, "/record/x/MAPTO", "there is none here"),
        (
            {"MAPTO": "a", "type": "char", "transform": "uper"},
            "/record/x/transform",
            "no transform",
        ),
        (
            {"MAPTO": "a", "type": "char", "transform": {"name": "round", "digts": 2}},
            "/record/x/transform",
            "round has no argument «digts»",
        ),
        ({"MAPTO": "a", "type": "integer", "DEFAULT": "no"}, "/record/x/DEFAULT", "whole number"),
        (
            {"MAPTO": "a", "type": "integer", "values": {"A": "one"}},
            "/record/x/values/A",
            "whole number",
        ),
        (
            {"MAPVALUE": "a", "type": "char", "transform": "strip"},
            "/record/x",
            "a constant takes no «transform»",
        ),
        (
            {"MAPTO": "a", "list": {"key": "id", "match": ["z"], "record": {"y": MAIL}}},
            "/record/x/list/match/0",
            "«z» is not a mapped field",
        ),
        (
            {"MAPTO": "a", "reference": {"entity": "b", "create": {"n": {"MAPTO": "q"}}}},
            "/record/x/reference/create/n",
            "has no type",
        ),
    ],
)
def test_a_problem_has_its_place(field, at, said):
    found = one(field)
    assert found[0] == at
    assert said in found[1]


def test_lists_nest_three_deep_at_most():
    field = {"MAPTO": ".", "type": "char"}
    for _ in range(4):
        field = {"MAPTO": "a", "list": {"key": "#", "record": {"x": field}}}
    assert "at most 3 deep" in one(field)[1]

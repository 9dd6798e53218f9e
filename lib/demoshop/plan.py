"""Turns a selection into functions record → answer, once a request, so that reading is fast.

Parsing, validation and the coercion of variables and arguments are graphql-core's; only the walk
over the records is done here (about ten times faster; a test holds it against graphql-core's own).
Departures: a field that the demo shop has not got, or whose scope is missing, is found before
anything runs; an error at run time empties its whole root field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.values import get_argument_values, get_directive_values

from . import cost, ids
from .carrying_out import carry_out, check
from .errors import AccessDenied, NotInDemo, ShopError
from .fields import RESOLVERS, is_stored
from .official import access_text, needs_b2b, scopes_for
from .paging import ALL, AROUND, WINDOW, size
from .request import Request

Fetch = Callable[[Any], Any]
Selected = dict[str, list[FieldNode]]
Abstract = (GraphQLInterfaceType, GraphQLUnionType)


class Planner:
    """Plans the selections of one request. `variables` are graphql-core's coerced ones."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Any,
        request: Request,
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.request = request

    def collect(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], into: Selected
    ) -> Selected:
        for node in nodes:
            if node.selection_set:
                self._gather(kind, node.selection_set.selections, into)
        return into

    def root(self, kind: GraphQLObjectType, selections: Sequence[SelectionNode]) -> Selected:
        """The root fields of an operation, in order."""
        into: Selected = {}
        self._gather(kind, selections, into)
        return into

    def _gather(
        self, kind: GraphQLObjectType, selections: Sequence[SelectionNode], into: Selected
    ) -> None:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                into.setdefault((node.alias or node.name).value, []).append(node)
                continue
            part = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(part, (FragmentDefinitionNode, InlineFragmentNode))
            if self._applies(part, kind):
                self._gather(kind, part.selection_set.selections, into)

    def _included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(
        self, part: FragmentDefinitionNode | InlineFragmentNode, kind: GraphQLObjectType
    ) -> bool:
        if part.type_condition is None:
            return True
        wanted = self.schema.get_type(part.type_condition.name.value)
        if isinstance(wanted, Abstract):
            return self.schema.is_sub_type(wanted, kind)
        return wanted is kind

    def arguments(self, definition: GraphQLField, node: FieldNode) -> dict[str, Any]:
        given = get_argument_values(definition, node, self.variables)
        if self.request.bulk and get_named_type(definition.type).name.endswith("Connection"):
            return {k: v for k, v in given.items() if k not in WINDOW} | {"first": ALL}
        return given

    def record(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], price: cost.Priced
    ) -> Fetch:
        """A function that answers the selection of `nodes` for a record of `kind`."""
        self._check_access(kind)
        chosen = self.collect(kind, nodes, {})
        fields = [(key, self.field(kind, found, price)) for key, found in chosen.items()]
        return lambda source: {key: fetch(source) for key, fetch in fields}

    def _check_access(self, kind: GraphQLObjectType) -> None:
        lacks_b2b = not self.request.settings.b2b and needs_b2b("objects", kind.name)
        if lacks_b2b or not self.request.allows(scopes_for("objects", kind.name)):
            raise AccessDenied(kind.name, access_text("objects", kind.name))

    def field(self, kind: GraphQLObjectType, nodes: list[FieldNode], price: cost.Priced) -> Fetch:
        name = nodes[0].name.value
        if name == "__typename":
            return lambda _source: kind.name
        definition = kind.fields[name]
        try:
            return self._field(kind, definition, nodes, price)
        except AccessDenied as denied:
            again = AccessDenied(name, denied.needed)
            if is_non_null_type(definition.type):
                raise again from denied
            self.request.errors.append(again.entry([key_of(nodes[0])]))
            return lambda _source: None

    def _field(
        self,
        kind: GraphQLObjectType,
        definition: GraphQLField,
        nodes: list[FieldNode],
        price: cost.Priced,
    ) -> Fetch:
        name = nodes[0].name.value
        args = self.arguments(definition, nodes[0])
        part = self._priced(kind, name, definition, args)
        get = self._getter(kind, name, args, nodes[0])
        complete = self._complete(definition.type, nodes, part)
        price.parts.append(part)
        if complete is None:
            return get
        if part.asked is not None and "first" in definition.args:
            return _counted(get, complete, part)
        found = complete
        return lambda source: None if (value := get(source)) is None else found(value)

    def _priced(
        self, kind: GraphQLObjectType, name: str, definition: GraphQLField, args: dict[str, Any]
    ) -> cost.Priced:
        target = get_named_type(definition.type)
        if target.name.endswith("Connection"):
            return cost.Priced(cost.CONNECTION, size(f"{kind.name}.{name}", args))
        if kind.name == "QueryRoot" and name == "nodes":
            count = len(args["ids"])
            return cost.Priced(0.0, count, count, [cost.Priced(cost.OBJECT)])
        if kind.name == "Mutation":
            return cost.Priced(cost.MUTATION + cost.of_input(args.get("input")))
        if is_leaf_type(target) or _around(kind.name, target.name):
            return cost.Priced()
        return cost.Priced(cost.OBJECT)

    def _getter(
        self, kind: GraphQLObjectType, name: str, args: dict[str, Any], node: FieldNode
    ) -> Fetch:
        if kind.name == "Mutation":
            return self._mutation(name, args, node)
        request, resolve = self.request, RESOLVERS.get((kind.name, name))
        if resolve is None:
            return _stored(kind.name, name)
        if is_non_null_type(kind.fields[name].type):
            return lambda source: _there(resolve(source, args, request), kind.name, name)
        return lambda source: resolve(source, args, request)

    def _mutation(self, name: str, args: dict[str, Any], node: FieldNode) -> Fetch:
        if not self.request.allows(scopes_for("mutations", name)):
            raise AccessDenied(name, access_text("mutations", name))
        directive = self.schema.get_directive("idempotent")
        given = get_directive_values(directive, node, self.variables) if directive else None
        key = str(given["key"]) if given else None
        check(name, args, key)
        request = self.request
        return lambda _source: carry_out(name, args, key, request)

    def _complete(
        self, declared: GraphQLOutputType, nodes: list[FieldNode], price: cost.Priced
    ) -> Fetch | None:
        """A function that completes a value that is not None; None where it is as it should be."""
        if is_non_null_type(declared):
            return self._complete(declared.of_type, nodes, price)
        if is_list_type(declared):
            one = self._complete(declared.of_type, nodes, price)
            if one is None:
                return None
            each = one
            return lambda values: [None if value is None else each(value) for value in values]
        if isinstance(declared, GraphQLObjectType):
            return self.record(declared, nodes, price)
        if is_abstract_type(declared):
            return self._abstract(declared, nodes, price)
        return None

    def _abstract(self, declared: Any, nodes: list[FieldNode], price: cost.Priced) -> Fetch:
        """By the record's own type; those that fragments name are planned, and priced, at once."""
        plans: dict[str, Fetch] = {}
        for name in self._named(nodes):
            kind = self.schema.get_type(name)
            if isinstance(kind, GraphQLObjectType) and self.schema.is_sub_type(declared, kind):
                choice = cost.Priced()
                plans[name] = self.record(kind, nodes, choice)
                price.choices.append(choice)

        def complete(source: Any) -> Any:
            name = type_name(source)
            if name not in plans:
                kind = self.schema.get_type(name)
                assert isinstance(kind, GraphQLObjectType)
                plans[name] = self.record(kind, nodes, cost.Priced())
            return plans[name](source)

        return complete

    def _named(self, nodes: Sequence[FieldNode]) -> list[str]:
        found: dict[str, None] = {}
        queue: list[Any] = [node.selection_set for node in nodes if node.selection_set]
        while queue:
            for node in queue.pop().selections:
                if isinstance(node, FieldNode):
                    continue
                spread = isinstance(node, FragmentSpreadNode)
                part = self.fragments[node.name.value] if spread else node
                if part.type_condition:
                    found[part.type_condition.name.value] = None
                queue.append(part.selection_set)
        return list(found)


def _stored(kind: str, name: str) -> Fetch:
    if not is_stored(kind, name):
        raise NotInDemo(f"the field {kind}.{name}")
    return AROUND[name] if kind.endswith("Connection") else itemgetter(name)


def key_of(node: FieldNode) -> str:
    return (node.alias or node.name).value


def type_name(source: Any) -> str:
    """The type of a record in an abstract place: named, or that of its id."""
    return str(source.get("__typename") or ids.kind(source["id"]))


def _around(kind: str, target: str) -> bool:
    """Types that cost nothing: what stands around a connection's nodes, and a mutation's first
    level (published answers show 10 for `mutation { x { thing { id } userErrors { … } } }`)."""
    if target == "PageInfo" or target.endswith(("Edge", "Payload", "UserError")):
        return True
    return kind.endswith("Payload")


def _there(value: Any, kind: str, name: str) -> Any:
    if value is None:
        raise ShopError(f"{kind}.{name} is never null, but is here", "INTERNAL_SERVER_ERROR")
    return value


def _counted(get: Fetch, complete: Fetch, price: cost.Priced) -> Fetch:
    def fetch(source: Any) -> Any:
        page = get(source)
        if page is None:
            return None
        price.found = max(price.found, len(page.nodes))
        return complete(page)

    return fetch

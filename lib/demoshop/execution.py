"""One GraphQL request against the store: parse, validate, plan, run. No transport, no faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from . import cost, mutations, objects
from .errors import AccessDenied, ShopError, bad_request
from .official import schema
from .plan import Fetch, Planner
from .request import Request
from .wording import as_shopify

assert mutations and objects  # imported for what they register


@dataclass(frozen=True, slots=True)
class Document:
    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    errors: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class Planned:
    """An operation ready to run: root fields in order, and what they may cost. `denied` is set
    where a missing scope leaves no data at all."""

    is_mutation: bool = False
    fields: dict[str, Fetch] = field(default_factory=dict)
    price: cost.Priced = field(default_factory=cost.Priced)
    denied: bool = False


@lru_cache(maxsize=512)
def document(query: str) -> Document:
    """Parsed and validated against the official schema; a client sends the same few texts."""
    try:
        tree = parse(query)
    except GraphQLError as wrong:
        return Document({}, {}, (as_shopify(wrong),))
    found = validate(schema(), tree, max_errors=10)
    operations = {
        node.name.value if node.name else "": node
        for node in tree.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    fragments = {
        node.name.value: node
        for node in tree.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    return Document(operations, fragments, tuple(as_shopify(error) for error in found))


def plan(
    query: str, variables: Mapping[str, Any], operation: str | None, request: Request
) -> Planned:
    """Everything that can be said before running. Errors are put into `request.errors`; where
    nothing can be run at all ShopError is raised, or validation errors are left in the request."""
    known = document(query)
    if known.errors:
        request.errors.extend(known.errors)
        return Planned(denied=True)
    node = _operation(known, operation)
    values = get_variable_values(schema(), node.variable_definitions or (), dict(variables))
    if isinstance(values, list):
        request.errors.extend(as_shopify(error) for error in values)
        return Planned(denied=True)
    planned = Planned(node.operation is OperationType.MUTATION)
    kind = schema().get_root_type(node.operation)
    assert isinstance(kind, GraphQLObjectType)
    planner = Planner(schema(), known.fragments, values, request)
    selected = planner.root(kind, node.selection_set.selections)
    try:
        for key, nodes in selected.items():
            planned.fields[key] = planner.field(kind, nodes, planned.price)
    except AccessDenied as denied:
        request.errors.append(denied.entry())
        planned.denied = True
    return planned


def run(planned: Planned, request: Request) -> dict[str, Any] | None:
    """The answer's `data`. A root field that fails is null, with an entry in the errors."""
    if planned.denied:
        return None
    data: dict[str, Any] = {}
    for key, fetch in planned.fields.items():
        try:
            data[key] = fetch(None)
        except ShopError as error:
            request.errors.append(error.entry([key]))
            data[key] = None
    return data


def _operation(known: Document, name: str | None) -> OperationDefinitionNode:
    if name:
        if name not in known.operations:
            raise bad_request(f"No operation named {name}")
        return known.operations[name]
    if len(known.operations) != 1:
        raise bad_request("An operation name is required")
    return next(iter(known.operations.values()))

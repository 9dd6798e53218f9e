"""What can be done to an order after it was placed: refunds, edits, returns, cancellation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gateway_ng.tests.pure.demoshop_client import Caller, seeded

MONEY = "{ shopMoney { amount } }"
ORDER = f"""{{ id edited displayFinancialStatus displayFulfillmentStatus returnStatus
  totalPriceSet {MONEY} currentTotalPriceSet {MONEY} totalRefundedSet {MONEY}
  totalOutstandingSet {MONEY}
  transactions {{ id kind gateway amountSet {MONEY} }}
  lineItems(first: 50) {{ nodes {{ id quantity currentQuantity unfulfilledQuantity
    nonFulfillableQuantity variant {{ id }} }} }}
  refunds {{ id totalRefundedSet {MONEY}
    refundLineItems(first: 10) {{ nodes {{ quantity lineItem {{ id }} subtotalSet {MONEY}
      totalTaxSet {MONEY} }} }} }} }}"""
REFUND = f"""mutation($input: RefundInput!, $key: String!) {{
  refundCreate(input: $input) @idempotent(key: $key) {{
    refund {{ id totalRefundedSet {MONEY} }} order {ORDER} userErrors {{ field message }} }} }}"""


def first(call: Caller, query: str) -> Any:
    text = f"query($q: String) {{ orders(first: 1, query: $q) {{ nodes {ORDER} }} }}"
    return call.rows(text, q=query)[0]


def again(call: Caller, id_: str) -> Any:
    return call(f"query($id: ID!) {{ order(id: $id) {ORDER} }}", id=id_)["order"]


def amount(bag: Any) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"])


OPEN = "financial_status:paid AND fulfillment_status:unfulfilled"


def test_a_refund_of_units_lessens_what_is_due_and_what_is_to_be_sent() -> None:
    call = seeded()
    order = first(call, OPEN)
    line = order["lineItems"]["nodes"][0]
    wanted = {"lineItemId": line["id"], "quantity": 1, "restockType": "CANCEL"}
    given = {"orderId": order["id"], "refundLineItems": [wanted]}
    given["transactions"] = [
        {"amount": "1.00", "gateway": "bogus", "kind": "REFUND", "orderId": order["id"]}
    ]
    answer = call(REFUND, input=given, key="k1")["refundCreate"]
    assert answer["userErrors"] == []
    now = answer["order"]
    assert amount(now["totalRefundedSet"]) == 1
    after = now["lineItems"]["nodes"][0]
    assert after["currentQuantity"] == line["currentQuantity"] - 1
    assert after["unfulfilledQuantity"] == line["unfulfilledQuantity"] - 1
    (refund,) = now["refunds"]
    (part,) = refund["refundLineItems"]["nodes"]
    worth = amount(part["subtotalSet"]) + amount(part["totalTaxSet"])
    assert amount(now["currentTotalPriceSet"]) == amount(order["totalPriceSet"]) - worth
    assert now["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def test_a_refund_is_held_to_its_payment_its_shipping_and_to_giving_something() -> None:
    call = seeded()
    order = first(call, OPEN)
    text = "query($id: ID!) { order(id: $id) { transactions { id manualPaymentGateway } } }"
    (paid,) = call(text, id=order["id"])["order"]["transactions"]
    assert paid["manualPaymentGateway"] is False
    back = {"gateway": "bogus", "kind": "REFUND", "orderId": order["id"]}
    wrong: dict[str, dict[str, Any]] = {
        "parent": {"transactions": [{**back, "amount": "1.00", "parentId": order["id"]}]},
        "shipping": {"shipping": {"amount": "999.00"}},
        "nothing": {"transactions": []},
    }
    for word, given in wrong.items():
        told = {"orderId": order["id"], **given}
        answer = call(REFUND, input=told, key=word)["refundCreate"]
        assert word in answer["userErrors"][0]["message"]
    assert again(call, order["id"])["refunds"] == []
    right = {**back, "amount": "1.00", "parentId": paid["id"]}
    answer = call(REFUND, input={"orderId": order["id"], "transactions": [right]}, key="k")
    assert amount(answer["refundCreate"]["order"]["totalRefundedSet"]) == 1


def test_the_same_refund_sent_twice_is_one_refund() -> None:
    call = seeded()
    order = first(call, OPEN)
    line = order["lineItems"]["nodes"][0]
    given = {"orderId": order["id"], "refundLineItems": [{"lineItemId": line["id"], "quantity": 1}]}
    one = call(REFUND, input=given, key="k1")["refundCreate"]["refund"]
    two = call(REFUND, input=given, key="k1")["refundCreate"]["refund"]
    assert one == two
    assert len(again(call, order["id"])["refunds"]) == 1


def test_no_more_units_and_no_more_money_are_given_back_than_there_were() -> None:
    call = seeded()
    order = first(call, OPEN)
    line = order["lineItems"]["nodes"][0]
    many = {"orderId": order["id"]}
    many["refundLineItems"] = [{"lineItemId": line["id"], "quantity": 99}]
    (error,) = call(REFUND, input=many, key="a")["refundCreate"]["userErrors"]
    assert error["field"] == ["refundLineItems", "0", "quantity"]
    dear = {"orderId": order["id"]}
    dear["transactions"] = [
        {"amount": "99999", "gateway": "bogus", "kind": "REFUND", "orderId": order["id"]}
    ]
    (error,) = call(REFUND, input=dear, key="b")["refundCreate"]["userErrors"]
    assert error["field"] == ["transactions"]
    assert again(call, order["id"]) == order


def test_parts_of_a_line_refunded_one_by_one_add_up_to_the_line() -> None:
    call = seeded()
    order = first(call, OPEN)
    line = max(order["lineItems"]["nodes"], key=lambda each: each["quantity"])
    assert line["quantity"] > 1
    for step in range(line["quantity"]):
        given = {"orderId": order["id"]}
        given["refundLineItems"] = [{"lineItemId": line["id"], "quantity": 1}]
        assert not call(REFUND, input=given, key=f"k{step}")["refundCreate"]["userErrors"]
    now = again(call, order["id"])
    rows = [row for refund in now["refunds"] for row in refund["refundLineItems"]["nodes"]]
    whole = sum(amount(row["subtotalSet"]) + amount(row["totalTaxSet"]) for row in rows)
    assert amount(order["totalPriceSet"]) - amount(now["currentTotalPriceSet"]) == whole


BEGIN = """mutation($id: ID!) { orderEditBegin(id: $id) {
  calculatedOrder { id lineItems(first: 20) { nodes { id quantity } } }
  userErrors { message } } }"""
SET = """mutation($id: ID!, $line: ID!, $quantity: Int!) {
  orderEditSetQuantity(id: $id, lineItemId: $line, quantity: $quantity) {
    userErrors { field message } } }"""
ADD = """mutation($id: ID!, $variant: ID!, $quantity: Int!) {
  orderEditAddVariant(id: $id, variantId: $variant, quantity: $quantity) {
    userErrors { field message } } }"""
COMMIT = f"""mutation($id: ID!) {{ orderEditCommit(id: $id) {{
  order {ORDER} userErrors {{ message }} }} }}"""


def test_an_edit_counts_when_it_is_committed() -> None:
    call = seeded()
    order = first(call, OPEN)
    line = order["lineItems"]["nodes"][0]
    under = call(BEGIN, id=order["id"])["orderEditBegin"]["calculatedOrder"]
    row = under["lineItems"]["nodes"][0]
    told = call(SET, id=under["id"], line=row["id"], quantity=0)["orderEditSetQuantity"]
    assert told["userErrors"] == []
    variant = line["variant"]["id"]
    told = call(ADD, id=under["id"], variant=variant, quantity=2)["orderEditAddVariant"]
    assert told["userErrors"] == []
    assert again(call, order["id"]) == order
    now = call(COMMIT, id=under["id"])["orderEditCommit"]["order"]
    assert now["edited"] is True
    rows = now["lineItems"]["nodes"]
    assert (rows[0]["quantity"], rows[0]["currentQuantity"]) == (line["quantity"], 0)
    assert (rows[-1]["quantity"], rows[-1]["variant"]["id"]) == (2, variant)
    (taken,) = now["refunds"]
    assert amount(taken["totalRefundedSet"]) == 0
    assert again(call, order["id"]) == now


def test_a_quantity_that_a_line_has_not_got_is_refused() -> None:
    call = seeded()
    order = first(call, OPEN)
    under = call(BEGIN, id=order["id"])["orderEditBegin"]["calculatedOrder"]
    line = order["lineItems"]["nodes"][0]["id"]
    answer = call(SET, id=under["id"], line=line, quantity=999)["orderEditSetQuantity"]
    assert answer["userErrors"][0]["field"] == ["quantity"]


RETURN = """mutation($r: ReturnInput!) { returnCreate(returnInput: $r) {
  return { id name status totalQuantity } userErrors { field message code } } }"""
CLOSE = """mutation($id: ID!) { returnClose(id: $id) {
  return { status closedAt } userErrors { field message code } } }"""
SENT = """query($id: ID!) { order(id: $id) { fulfillments { fulfillmentLineItems(first: 9) {
  nodes { id quantity lineItem { id } } } } } }"""
OTHER = "gid://shopify/ReturnReasonDefinition/5"


def sent_line(call: Caller, order: Any) -> Any:
    (sent,) = call(SENT, id=order["id"])["order"]["fulfillments"]
    return sent["fulfillmentLineItems"]["nodes"][0]


def come_back(call: Caller, order: Any, line: Any, quantity: int, **row: Any) -> Any:
    row = {"returnReasonDefinitionId": OTHER, "returnReasonNote": "x", **row}
    rows = [{"fulfillmentLineItemId": line["id"], "quantity": quantity, **row}]
    given = {"orderId": order["id"], "returnLineItems": rows}
    return call(RETURN, r=given)["returnCreate"]


def test_a_return_is_opened_for_what_was_sent_and_closed_as_it_is() -> None:
    call = seeded()
    order = first(call, "fulfillment_status:fulfilled")
    line = sent_line(call, order)
    made = come_back(call, order, line, 1)["return"]
    assert (made["status"], made["totalQuantity"]) == ("OPEN", 1)
    assert again(call, order["id"])["returnStatus"] == "IN_PROGRESS"
    before = again(call, order["id"])
    for _twice in range(2):
        closed = call(CLOSE, id=made["id"])["returnClose"]
        assert closed["userErrors"] == [] and closed["return"]["status"] == "CLOSED"
    after = again(call, order["id"])
    assert after["returnStatus"] == "RETURNED"
    gone = ("returnStatus", "updatedAt")
    assert {k: v for k, v in after.items() if k not in gone} == {
        k: v for k, v in before.items() if k not in gone
    }
    unknown = call(CLOSE, id="gid://shopify/Return/999999")["returnClose"]["userErrors"]
    assert unknown[0]["code"] == "NOT_FOUND"


def test_no_more_comes_back_than_was_sent_and_neither_returned_nor_refunded() -> None:
    call = seeded()
    order = first(call, "fulfillment_status:fulfilled")
    line = sent_line(call, order)
    refused = come_back(call, order, line, line["quantity"] + 1)["userErrors"]
    assert refused[0]["field"] == ["returnInput", "returnLineItems", "0", "quantity"]
    assert come_back(call, order, line, line["quantity"])["userErrors"] == []
    assert come_back(call, order, line, 1)["userErrors"], "an open return has taken them"
    call = seeded()
    order = first(call, "fulfillment_status:fulfilled")
    line = sent_line(call, order)
    refund = {"lineItemId": line["lineItem"]["id"], "quantity": line["quantity"]}
    given = {"orderId": order["id"], "refundLineItems": [refund], "transactions": []}
    assert call(REFUND, input=given, key="k")["refundCreate"]["userErrors"] == []
    assert come_back(call, order, line, 1)["userErrors"], "what was refunded is off the order"


def test_a_return_needs_a_reason_and_a_note_of_no_more_than_255_characters() -> None:
    call = seeded()
    order = first(call, "fulfillment_status:fulfilled")
    line = sent_line(call, order)
    wrong = (
        ({"returnReasonDefinitionId": None}, "NOT_FOUND"),
        ({"returnReasonDefinitionId": "gid://shopify/ReturnReasonDefinition/0"}, "NOT_FOUND"),
        ({"returnReasonDefinitionId": None, "returnReason": "OTHER", "returnReasonNote": ""},
         "BLANK"),
        ({"returnReasonNote": "x" * 256}, "TOO_LONG"),
    )  # fmt: skip
    for row, code in wrong:
        assert come_back(call, order, line, 1, **row)["userErrors"][0]["code"] == code
    assert come_back(call, order, line, 1, returnReasonNote="x" * 255)["userErrors"] == []


def test_a_cancelled_order_gives_back_what_was_paid_and_owes_nothing() -> None:
    call = seeded()
    order = first(call, OPEN)
    text = """mutation($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, restock: true) {
      orderCancelUserErrors { message } } }"""
    assert call(text, id=order["id"])["orderCancel"]["orderCancelUserErrors"] == []
    now = again(call, order["id"])
    assert amount(now["totalRefundedSet"]) == amount(order["totalPriceSet"])
    assert amount(now["currentTotalPriceSet"]) == amount(now["totalOutstandingSet"]) == 0
    assert now["displayFinancialStatus"] == "REFUNDED"
    assert {row["currentQuantity"] for row in now["lineItems"]["nodes"]} == {0}
    assert [each["kind"] for each in now["transactions"]] == ["SALE", "REFUND"]

"""Sales taxes of a page of orders: by the rules that people see, else by the shop's rate."""

from decimal import Decimal
from typing import NamedTuple

from ...lib.errors import Undecided
from .once import once

_PLACES = Decimal("0.0001")  # account.tax.amount has four decimals


class Wanted(NamedTuple):
    """A tax that a shop charges. `country`: ISO code of where it is due, may be empty."""

    percent: Decimal
    name: str
    country: str
    included: bool

    def __str__(self):
        how = "included in" if self.included else "excluded from"
        where = f", {self.country}" if self.country else ""
        return f"{self.percent.normalize():f} % {how} prices («{self.name}»{where})"


def charged(taxes):
    """The taxes that are charged: those without a rate or with nothing charged are left out."""
    return [
        tax
        for tax in taxes or ()
        if _decimal(tax.get("rate")) and (tax.get("amount") is None or _decimal(tax["amount"]))
    ]


def wanted_tax(tax, terms):
    """What `tax`, as a mapping gives it, asks for on an order of these terms."""
    return Wanted(
        (_decimal(tax["rate"]) * 100).quantize(_PLACES),
        tax.get("name") or "",
        (tax.get("country") or terms.country or "").upper(),
        terms.included,
    )


def amount_of(tax):
    return None if tax.get("amount") is None else _decimal(tax["amount"])


def rate_of(row):
    """The rate of an account.tax as a fraction."""
    return Decimal(repr(row.amount)) / 100


class Taxes:
    """The sales taxes of one company that a page of orders needs.

    `rules`: the gateway.tax.rule records of the connector, in order. `wanted`: what the page asks
    for. Good for one batch: what is created is undone with the batch's savepoint.
    """

    def __init__(self, env, connector, wanted):
        self.env = env
        self.connector = connector
        self.company = env["res.company"].browse(connector.company_id.id)
        self.taxes = env["account.tax"].with_company(self.company)
        self.rules = env["gateway.tax.rule"].sudo()._of(connector) if wanted else ()
        self.decided = {}
        self.found = {}
        percents = {one.percent for one in wanted if self._by_rule(one) is None}
        if percents:
            self._search(percents)

    def _by_rule(self, wanted):
        if wanted not in self.decided:
            asked = float(wanted.percent), *wanted[1:]
            rule = next((rule for rule in self.rules if rule._matches(*asked)), None)
            self.decided[wanted] = rule and self.taxes.browse(rule.tax_id.id)
        return self.decided[wanted]

    def _search(self, percents):
        rows = self.taxes.search(
            [
                *self.taxes._check_company_domain(self.company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "in", [float(percent) for percent in percents]),
            ],
            order="sequence, id",
        )
        default = self.company.sudo().account_sale_tax_id
        for row in sorted(rows, key=lambda row: row.id != default.id):
            self._add(row)

    def _add(self, row):
        key = (Decimal(repr(row.amount)).quantize(_PLACES), bool(row.price_include))
        self.found.setdefault(key, []).append(row)

    def know(self, rows, taxes, terms):
        """`rows` are the taxes that an order's line has been charged for `taxes`: what was decided
        for it stands, whatever the rules say by now."""
        left = list(rows)
        for tax in charged(taxes):
            wanted = wanted_tax(tax, terms)
            rate = float(wanted.percent)
            row = next((one for one in left if abs(one.amount - rate) < 0.00005), None)
            row = row or (left[0] if left else None)
            if row is not None:
                left.remove(row)
                self.decided[wanted] = row

    def check(self, wanted):
        """Refuse an order whose taxes are unknown and may not be created: each is proposed."""
        self._check_may_create([one for one in sorted(wanted) if self._known(one, ()) is None])

    def _check_may_create(self, missing):
        if missing and not self.connector.create_taxes:
            raise _undecided(missing, "no rule says which tax it is")
        if missing and not self.taxes.has_access("create"):
            user = self.env.user.name
            raise _undecided(missing, f"the integration user {user} may not create taxes")
        if missing and not self._country():
            name = self.company.name
            raise _undecided(missing, f"the company {name} has no country, which a new tax needs")

    def resolve(self, taxes, terms):
        """The account.tax of each of `taxes`, each another one, in order."""
        used, out = set(), []
        for tax in taxes:
            wanted = wanted_tax(tax, terms)
            row = self._known(wanted, used) or self._create(wanted, used)
            used.add(row.id)
            out.append(row)
        return out

    def _known(self, wanted, used):
        """The tax by rule, else one of that rate, the name breaking ties; None for none."""
        ruled = self._by_rule(wanted)
        if ruled is not None and ruled.id not in used:
            return ruled
        found = self.found.get((wanted.percent, wanted.included), ())
        rows = [row for row in found if row.id not in used]
        called = wanted.name.strip().casefold()
        named = [
            row
            for row in rows
            if called in (row.name.casefold(), (row.invoice_label or "").casefold())
        ]
        return (named or rows or [None])[0]

    def _create(self, wanted, used):
        """A new tax and its rule, in which a person sees and may change what was made of it."""
        self._check_may_create([wanted])
        self._make_once(wanted, used)
        label = f"{wanted.name or 'Tax'} {wanted.percent.normalize():f}%"
        row = self.taxes.create(
            {
                "name": self._free_name(f"{label} incl." if wanted.included else label),
                "invoice_label": label,
                "amount": float(wanted.percent),
                "amount_type": "percent",
                "type_tax_use": "sale",
                "price_include_override": "tax_included" if wanted.included else "tax_excluded",
                "company_id": self.company.id,
                "tax_group_id": self._group(label).id,
            }
        )
        self.rules |= (
            self.env["gateway.tax.rule"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "connector_id": self.connector.id,
                    "rate": float(wanted.percent),
                    "tax_id": row.id,
                    "by_sync": True,
                }
            )
        )
        self._add(row)
        return row

    def _make_once(self, wanted, used):
        def look(env):
            connector = self.connector.with_env(self.connector.env(cr=env.cr))
            return Taxes(env, connector, [wanted])._known(wanted, used) or ()

        name = f"{self.company.id}|{wanted.percent}|{wanted.included}"
        once(self.env).take(self.env, "account.tax", [name], look)

    def _free_name(self, name):
        """Names of taxes are unique; another country's or an archived one may have this one."""
        domain = [("name", "=like", f"{name}%"), ("type_tax_use", "=", "sale")]
        taken = set(self.taxes.with_context(active_test=False).search(domain).mapped("name"))
        names = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 2)))
        return next(free for free in names if free not in taken)

    def _country(self):
        return self.company.account_fiscal_country_id or self.company.country_id

    def _group(self, label):
        """The group that totals print by its name; a new one has the accounts of the usual one."""
        groups = self.env["account.tax.group"].with_company(self.company)
        found = groups.search(
            [
                *groups._check_company_domain(self.company),
                ("country_id", "in", [False, self._country().id]),
            ]
        )
        named = found.filtered(lambda group: group.name == label)[:1]
        if named or not found:
            return named or groups.create({"name": label, "company_id": self.company.id})
        return found[0].copy({"name": label})


def _undecided(missing, why):
    names = "; ".join(str(one) for one in missing)
    return Undecided(
        f"Odoo has no sales tax of {names}, and {why}",
        field="taxes",
        remedy="Make a tax rule for it (button «New tax rule» of the dead letter, or Gateway › "
        "Configuration › Tax rules), or let the connector create taxes; then retry.",
        details={
            "taxes": [
                {**one._asdict(), "percent": f"{one.percent.normalize():f}"} for one in missing
            ]
        },
    )


def _decimal(value):
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))

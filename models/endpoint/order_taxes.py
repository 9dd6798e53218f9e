"""Sales taxes by the shop's rate: found for a whole page in one query, created where allowed."""

from decimal import Decimal

from ...lib.errors import Refused

_PLACES = Decimal("0.0001")  # account.tax.amount has four decimals


def charged(taxes):
    """The taxes that are charged: those without a rate or with nothing charged are left out."""
    return [
        tax
        for tax in taxes or ()
        if _decimal(tax.get("rate")) and (tax.get("amount") is None or _decimal(tax["amount"]))
    ]


def percent_of(tax):
    return (_decimal(tax["rate"]) * 100).quantize(_PLACES)


def amount_of(tax):
    return None if tax.get("amount") is None else _decimal(tax["amount"])


def rate_of(tax):
    return _decimal(tax["rate"])


class Taxes:
    """The sales taxes of one company that a page of orders needs.

    `wanted`: (percent, name, included) triples. Good for one batch: what is created is undone with
    the batch's savepoint.
    """

    def __init__(self, env, company, may_create, wanted):
        self.env = env
        self.company = company
        self.may_create = may_create
        self.taxes = env["account.tax"].with_company(company)
        self.found = {}
        percents = {percent for percent, _name, _included in wanted}
        if percents:
            self._search(percents)

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

    def resolve(self, taxes, included):
        """The account.tax of each of `taxes`, each another one, in order."""
        used, out = set(), []
        for tax in taxes:
            row = self._one(percent_of(tax), tax.get("name") or "", included, used)
            used.add(row.id)
            out.append(row)
        return out

    def _one(self, percent, name, included, used):
        rows = [row for row in self.found.get((percent, included), ()) if row.id not in used]
        wanted = name.strip().casefold()
        named = [
            row
            for row in rows
            if wanted in (row.name.casefold(), (row.invoice_label or "").casefold())
        ]
        if named or rows:
            return (named or rows)[0]
        return self._create(percent, name, included)

    def _create(self, percent, name, included):
        how = "included in" if included else "excluded from"
        label = f"{name or 'Tax'} {percent.normalize():f}%"
        missing = f"Odoo has no sales tax of {percent.normalize():f} % {how} prices («{name}»)"
        where = "create it under Invoicing › Configuration › Taxes"
        if not self.may_create:
            raise Refused(
                missing,
                field="taxes",
                remedy=f"Either {where}, or allow the connector to create taxes; then retry.",
            )
        if not self.taxes.has_access("create"):
            raise Refused(
                f"{missing}, and the integration user {self.env.user.name} may not create taxes",
                field="taxes",
                remedy=f"Either {where}, or give that user the right to; then retry.",
            )
        row = self.taxes.create(
            {
                "name": self._free_name(f"{label} incl." if included else label),
                "invoice_label": label,
                "amount": float(percent),
                "amount_type": "percent",
                "type_tax_use": "sale",
                "price_include_override": "tax_included" if included else "tax_excluded",
                "company_id": self.company.id,
                "tax_group_id": self._group(label).id,
            }
        )
        self._add(row)
        return row

    def _free_name(self, name):
        """Names of taxes are unique; another country's or an archived one may have this one."""
        domain = [("name", "=like", f"{name}%"), ("type_tax_use", "=", "sale")]
        taken = set(self.taxes.with_context(active_test=False).search(domain).mapped("name"))
        names = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 2)))
        return next(free for free in names if free not in taken)

    def _group(self, label):
        groups = self.env["account.tax.group"].with_company(self.company)
        country = self.company.account_fiscal_country_id or self.company.country_id
        found = groups.search(
            [
                *groups._check_company_domain(self.company),
                ("country_id", "in", [False, country.id]),
            ],
            limit=1,
        )
        return found or groups.create({"name": label, "company_id": self.company.id})


def _decimal(value):
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))

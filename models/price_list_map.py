from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

ENTITY = "price_list"
#: The flow that carries the prices of the mapped lists.
PRICES = "market_price"


class GatewayConnector(models.Model):
    """The map of price lists: which list of Odoo stands for which of the shop's, in one currency.
    Without a line of it there are no market prices."""

    _inherit = "gateway.connector"

    price_list_ids = fields.One2many(
        "gateway.binding",
        "connector_id",
        string="Price lists",
        domain=[("entity", "=", ENTITY)],
        context={"default_entity": ENTITY, "default_res_model": "product.pricelist"},
    )

    @api.constrains("sale_pricelist_id")
    def _check_mapped_lists(self):
        for connector in self:
            problems = connector._price_list_problems()
            if problems:
                raise ValidationError(problems[0])

    @api.private
    def gateway_price_lists(self):
        """Odoo price list id → remote price list id, of the map."""
        rows = self.sudo().price_list_ids
        mapped = [row for row in rows if row.remote_id and row.pricelist_id]
        return {row.pricelist_id.id: row.remote_id for row in mapped}

    def _mapped_flows(self, entities=None, direction="both"):
        flows = super()._mapped_flows(entities, direction)
        if any(entity == PRICES for entity, _way in flows) and not self.gateway_price_lists():
            return [flow for flow in flows if flow[0] != PRICES]
        return flows

    def _remote_settings(self):
        """The client looks itself that the shop's list is in this currency, at each read."""
        lists = self.env["product.pricelist"].sudo()
        mapped = self.gateway_price_lists()
        currencies = {remote: lists.browse(id_).currency_id.name for id_, remote in mapped.items()}
        return super()._remote_settings() | ({"price_lists": currencies} if currencies else {})

    def _map_price_lists(self, price_lists):
        """A line for each of the shop's lists, for a person to say which of Odoo's it is."""
        known = {binding.remote_id for binding in self.price_list_ids}
        self.env["gateway.binding"].create(
            [
                {
                    "connector_id": self.id,
                    "entity": ENTITY,
                    "remote_id": remote,
                    "res_model": "product.pricelist",
                }
                for remote in price_lists
                if remote not in known
            ]
        )

    def _price_list_problems(self, told=None):
        """[what is wrong with the map], by what the shop has just told of its lists, else by what
        it told at the last check."""
        rows = self.sudo().price_list_ids.filtered("pricelist_id")
        problems, seen = [], {}
        for row in rows:
            other = seen.setdefault(row.pricelist_id, row)
            if other != row:
                problems.append(self._mapped_twice(other, row))
            else:
                problems += row._price_list_problem(told)
        return problems

    def _mapped_twice(self, one, other):
        return self.env._(
            "The shop's price lists %(one)s and %(other)s can't both be «%(list)s», for their "
            "prices would overwrite each other. Choose another list for one of them, or none.",
            one=one.remote_name,
            other=other.remote_name,
            list=one.pricelist_id.name,
        )


class GatewayBinding(models.Model):
    """A line of the map of price lists."""

    _inherit = "gateway.binding"

    pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Odoo price list",
        compute="_compute_pricelist",
        inverse="_inverse_pricelist",
        domain="[('company_id', 'in', (company_id, False))]",
        help="In the currency of the shop's list, another one for each. Empty: it is not synced.",
    )

    @api.depends("entity", "res_id")
    def _compute_pricelist(self):
        """None where it was deleted."""
        rows = self.filtered(lambda one: one.entity == ENTITY)
        there = self.env["product.pricelist"].browse(rows.mapped("res_id")).exists()
        for binding in self:
            known = binding in rows and binding.res_id in there.ids
            binding.pricelist_id = binding.res_id if known else False

    def _inverse_pricelist(self):
        """Another list is other prices: what was agreed on the shop's list is forgotten, and all
        prices are read anew."""
        rows = self.filtered(lambda b: b.entity == ENTITY and b.pricelist_id.id != b.res_id)
        connectors = rows.connector_id
        connectors._refuse_while_prices_run(PRICES)
        for binding in rows:
            chosen = binding.pricelist_id
            binding._forget_list()
            binding.write({"odoo_id": str(chosen.id) if chosen else False, "res_id": chosen.id})
        connectors._read_all_anew(PRICES)
        connectors._fill_schedules()

    def _forget_list(self):
        """No base tells of prices in this list of the shop any more: what the list of Odoo that
        stood for it held is no past of another one's, and would be taken for removed there."""
        part = SQL("strpos(pair.key, %s) > 0", f"[{self.remote_id}].")
        self._forget_parts(self.connector_id, PRICES, part)

    @api.depends("entity")
    def _compute_remote_name(self):  # pylint: disable=missing-return
        super()._compute_remote_name()
        for binding in self.filtered(lambda one: one.entity == ENTITY):
            told = binding._told_list(None)
            if told:
                binding.remote_name = f"{told['name']} ({told['currency']})"

    def _told_list(self, lists):
        """`name` and `currency` of the shop's list among `lists`, else as of the last check."""
        if lists is None:
            lists = (self.connector_id.health or {}).get("price_lists") or {}
        return lists.get(self.remote_id) or {}

    def _name_at_shop(self):
        return self.remote_name if self.entity == ENTITY else super()._name_at_shop()

    @api.constrains("entity", "connector_id", "res_id")
    def _check_price_list_map(self):
        for connector in self.filtered(lambda one: one.entity == ENTITY).connector_id:
            problems = connector._price_list_problems()
            if problems:
                raise ValidationError(problems[0])

    def _price_list_problem(self, lists=None):
        """[why these two lists can't stand for each other]"""
        own, told = self.pricelist_id, self._told_list(lists)
        currency = told.get("currency")
        if currency and own.currency_id.name != currency:
            return [
                self.env._(
                    "The shop's price list %(shop)s can't be «%(list)s», which is in %(its)s: no "
                    "price is converted. Choose a price list in %(currency)s.",
                    shop=self.remote_name,
                    list=own.name,
                    its=own.currency_id.name,
                    currency=currency,
                )
            ]
        if own.company_id and own.company_id != self.connector_id.company_id:
            return [
                self.env._(
                    "«%(list)s» is a price list of another company than %(connector)s. Choose one "
                    "of its own, or of all companies.",
                    list=own.name,
                    connector=self.connector_id.name,
                )
            ]
        if own == self.connector_id.sale_pricelist_id:
            return [
                self.env._(
                    "«%(list)s» is the sale price list of %(connector)s, whose items are sales. "
                    "Choose another list.",
                    list=own.name,
                    connector=self.connector_id.name,
                )
            ]
        return []


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.constrains("currency_id", "company_id")
    def _check_gateway_currency(self):
        """A mapped list keeps the currency of the shop's."""
        mapped = [("entity", "=", ENTITY), ("res_id", "in", self.ids)]
        rows = self.env["gateway.binding"].sudo().search(mapped)
        for row in rows:
            problems = row._price_list_problem()
            if problems:
                raise ValidationError(problems[0])

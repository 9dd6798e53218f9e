from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.errors import GatewayError, RetryLater, StopRun, sentence
from ..lib.platforms import platform
from .entity_models import MAPS
from .terms import term
from .work import Stale


class GatewayConnector(models.Model):
    """Trying a connection: credentials, rights, whose shop it is, and its places."""

    _inherit = "gateway.connector"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_found({name for values in vals_list for name in values})
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_found(vals)
        moved = self.filtered(lambda one: _moves(one, vals))
        for connector in moved:
            if connector._has_records():
                raise UserError(
                    self.env._(
                        "Records are bound to %s, so it keeps its platform and its company: make a "
                        "new connector.",
                        connector.name,
                    )
                )
        if moved and "platform" in vals:
            moved.sudo().write({"system": False, "is_identified": False})
        return super().write(vals)

    def _refuse_found(self, names):
        """What a check has found is nobody's to say: a manager could claim another one's shop."""
        found = sorted({"system", "is_identified"}.intersection(names))
        if found and not self.env.su:
            raise AccessError(self.env._("%s is found by checking the connection.", found[0]))

    def check_connection(self):
        """Try the credentials and the rights; keeps and returns what was found, as a dict.

        `ok`: there is nothing to mend. `usable`: the shop answers, is this connector's, and the
        integration user has its rights; what else is missing hides fields or stops its own flow.
        """
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        return self._checked(lambda: None)

    def _checked(self, commit):
        """As `check_connection`. `commit` ends the transaction before the shop is called; raises
        Stale where other credentials were entered while it answered."""
        known, languages, asked = self.sudo(), {}, self._asked_with()
        try:
            remote = self._remote_endpoint()
            commit()
            health = remote.check()
            self._refuse_other(asked)
            own = self._odoo_endpoint().check()
            foreign = self._not_its_own(health)
            if not foreign:
                known._keep_system(health.system)
            places = self._location_problems()
            lists = self._price_list_problems(health.price_lists)
            languages = health.languages
            found = {
                "ok": health.ok and own.ok and not foreign and not places and not lists,
                "usable": own.ok and not foreign,
                "account": health.account,
                "version": health.version,
                "problems": [*foreign, *health.problems, *own.problems, *places, *lists],
                "missing": list(health.missing),
                "hidden": list(health.hidden),
                "granted": list(health.granted),
                "currency": health.currency,
                "time_zone": health.time_zone,
                "offered": list(health.offered),
                "clock_skew": round(health.clock_skew, 1),
                "credentials_end": health.credentials_end and health.credentials_end.isoformat(),
                "locations": dict(health.locations),
                "price_lists": {id_: dict(told) for id_, told in health.price_lists.items()},
            }
        except GatewayError as error:
            self._refuse_other(asked)
            told = self._as_on_the_form(self._as_by_hand(error))
            found = {"ok": False, "usable": False, "problems": [told]}
            found["offered"] = self._offered()
        known._keep_found(found)
        if found["usable"] and self.state == "draft":
            known.state = "ready"
        if known.is_identified:
            known._map_locations(found.get("locations") or {})
            known._map_price_lists(found.get("price_lists") or {})
            known._list_languages(languages)
        risks = self._stock_risks()  # not kept: the form tells them as they are now
        return {
            **found,
            "ok": found["ok"] and not risks,
            "problems": [*found["problems"], *risks],
        }

    def _keep_found(self, found):
        self.write({"health": found, "checked": fields.Datetime.now()})

    def _asked_with(self):
        return [connection._values() for connection in self.sudo().connection_ids]

    def _refuse_other(self, asked):
        """Raises Stale unless the credentials are still those that the shop was asked with."""
        if self._asked_with() != asked:
            raise Stale(self.env._("Other credentials of %s were entered meanwhile.", self.name))

    def _as_on_the_form(self, error):
        """The error's text, its field by the name that it has on the form."""
        label = platform(self.platform).labels().get(error.field)
        if not label:
            return str(error)
        return str(error).replace(f"field {error.field}", f"«{term(self.env, label)}»", 1)

    def _as_by_hand(self, error):
        """The error with what to do where nothing tries again by itself, as a run does."""
        if not isinstance(error, RetryLater):
            return error
        address = self._address_label()
        if error.cause == "connection" and not error.sent and address:
            error.remedy = self.env._(
                "Check «%s»: no shop was met there. If it is right, see that the shop is up.",
                address,
            )
        else:
            error.remedy = self.env._("Wait a few minutes, then press «Check connection» again.")
        return error

    def _address_label(self):
        """What the entry is called on the form that says where the shop is called."""
        known = platform(self.platform)
        values = self.sudo().connection_ids._values()
        filled = next((name for name in known.addresses if values.get(name)), None)
        return filled and term(self.env, known.labels()[filled])

    def action_check_connection(self):
        """Check, and say that it went well where nothing on the form does: a problem stands there
        for as long as it is, and the steps of the setup move on."""
        step, reload = self.setup_step, {"type": "ir.actions.client", "tag": "soft_reload"}
        found = self.check_connection()
        if not found["usable"] or self.setup_step != step:
            return reload
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("The shop answers"),
                "message": " ".join(map(sentence, [*self._told_short(found), *found["problems"]])),
                "type": "success" if found["ok"] else "warning",
                "sticky": False,
                "next": reload,
            },
        }

    # -- whose shop it is

    def _identify(self, commit):
        """Ask the shop which one it is, where that is not known; called by whatever is about to
        read or write there. `commit` ends the transaction before the shop is called.

        Raises StopRun where the shop is not this connector's to sync: orders would come twice, or
        bindings lead to other records.
        """
        if self.is_identified:
            return
        remote = self._remote_endpoint()
        commit()
        health = remote.check()
        foreign = self._not_its_own(health)
        if foreign:
            raise StopRun(foreign[0])
        self.sudo()._keep_system(health.system)

    def _not_its_own(self, health):
        """[why the system that `health` tells of is not this connector's], empty when it is."""
        if not health.system:
            return [self._nameless(health)] if self.system and self._has_records() else []
        other = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("platform", "=", self.platform),
                    ("system", "=", health.system),
                    ("id", "!=", self.id),
                ],
                limit=1,
            )
        )
        if other:
            return [self._taken_by(other)]
        if self.system and self.system != health.system and self._has_records():
            return [
                self.env._(
                    "%(account)s is another shop than the one whose records are bound here. Make a "
                    "new connector for it, or enter the first shop's address again. If the shop "
                    "itself has moved there, say so with «The shop has moved».",
                    account=health.account,
                )
            ]
        return []

    def _nameless(self, health):
        return self.env._(
            "%(account)s does not say which shop it is, and records of one that did are bound "
            "here. Check the address and the rights of its credentials.",
            account=health.account or self.name,
        )

    def accept_system(self):
        """The shop has moved to another address: what is bound here belongs to what stands there.

        For managers; refused where another connector syncs the shop at that address.
        """
        self.ensure_one()
        self.check_access("write")
        health = self._remote_endpoint().check()
        known = self.sudo()
        if not health.system:
            raise UserError(self._nameless(health))
        known.system = False
        foreign = known._not_its_own(health)
        if foreign:
            raise UserError(foreign[0])
        known._keep_system(health.system)
        self.message_post(body=self.env._("Same shop at another address: %s", health.account))
        return self.check_connection()

    def _taken_by(self, other):
        name = f"«{other.name}»"
        if other.company_id not in self.env.companies:
            name = self.env._("a connector of another company")
        if not other.active:
            return self.env._(
                "The archived connector %s holds this shop's bindings, so every order would come "
                "twice: restore that one.",
                name,
            )
        return self.env._(
            "This shop is synced by %s already, so every order would come twice: use that one.",
            name,
        )

    def _keep_system(self, system):
        """This is the shop from now on. What is left of another one (places, watermarks; records
        there are none) goes, or the first read would begin where that one's had ended."""
        if system and self.system and self.system != system:
            (self.location_ids | self.price_list_ids).unlink()
            self.env["gateway.watermark"]._read_anew(self)
        if not self.is_identified or self.system != (system or self.system):
            self.write({"system": system or self.system, "is_identified": True})

    def _has_records(self):
        domain = [("connector_id", "=", self.id), ("entity", "not in", MAPS)]
        return bool(self.env["gateway.binding"].sudo().search_count(domain, limit=1))

    # -- its places

    @api.private
    def gateway_locations(self):
        """Odoo location id → remote location id, of the location map."""
        return {
            int(binding.odoo_id): binding.remote_id
            for binding in self.sudo().location_ids
            if binding.odoo_id and binding.remote_id
        }

    def _map_locations(self, locations):
        """A line for each of the shop's locations, for a person to say where it is in Odoo; the
        connector's warehouse is proposed where the shop has just one."""
        known = {binding.remote_id for binding in self.location_ids}
        stock = self.warehouse_id.lot_stock_id
        fresh = [remote for remote in locations if remote not in known]
        rows = self.env["gateway.binding"].create(
            [
                {
                    "connector_id": self.id,
                    "entity": "location",
                    "remote_id": remote,
                    "res_model": "stock.location",
                }
                for remote in fresh
            ]
        )
        if len(locations) == 1 and rows:
            rows.location_id = stock


def _moves(connector, vals):
    """Whether `vals` give the connector another platform or company."""
    company = vals.get("company_id", connector.company_id.id)
    return vals.get("platform", connector.platform) != connector.platform or (
        company != connector.company_id.id
    )

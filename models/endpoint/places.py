"""Countries and states by their ISO codes, both ways, for whole pages without a query a record."""

from odoo.tools import SQL

from ...lib.errors import Refused


class Places:
    """Every country and state of this database, read once: two queries, about 2,000 rows."""

    def __init__(self, env):
        env["res.country"].flush_model(["code"])
        env["res.country.state"].flush_model(["code", "country_id"])
        countries = env.execute_query_dict(SQL("SELECT id, code FROM res_country"))
        states = env.execute_query_dict(SQL("SELECT id, code, country_id FROM res_country_state"))
        self.country_ids = {row["code"]: row["id"] for row in countries if row["code"]}
        self.country_codes = {row["id"]: row["code"] for row in countries}
        self.state_ids = {(row["country_id"], row["code"].upper()): row["id"] for row in states}
        self.state_codes = {row["id"]: row["code"].upper() for row in states}
        self.state_countries = {row["id"]: row["country_id"] for row in states}

    def country_id(self, code):
        """The country's id, None for no code; an unknown code is refused by name."""
        if not code:
            return None
        id_ = self.country_ids.get(code.strip().upper())
        if id_ is None:
            raise Refused(
                f"Odoo has no country with the code «{code}»",
                field="country_code",
                value=code,
                remedy="Correct the country at the source, or add it in Contacts › Configuration.",
            )
        return id_

    def state_id(self, country_id, code):
        """The state's id within its country; an unknown state is no error and stays empty."""
        return self.state_ids.get((country_id, (code or "").strip().upper()))

    def country_code(self, country_id):
        return self.country_codes.get(country_id) if country_id else None

    def state_code(self, state_id):
        return self.state_codes.get(state_id) if state_id else None

    def codes(self, values):
        """`values` with country and state codes as Odoo gives them back.

        The state is known only within its country: without a country code it is only upper-cased.
        """
        out = dict(values)
        if out.get("country_code"):
            out["country_code"] = out["country_code"].strip().upper()
        if out.get("state_code"):
            out["state_code"] = out["state_code"].strip().upper()
            country = self.country_ids.get(out.get("country_code"))
            if country and not self.state_id(country, out["state_code"]):
                out["state_code"] = None
        return out


class FewPlaces:
    """What `Places` tells of ids, for contacts that are edited one by one."""

    def __init__(self, env):
        self.env = env

    def country_code(self, country_id):
        return self.env["res.country"].browse(country_id).code or None

    def state_code(self, state_id):
        return (self.env["res.country.state"].browse(state_id).code or "").upper() or None

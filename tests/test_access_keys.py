"""Access keys (Alt and a letter) of forms: no two buttons that are shown at once have the same, and
the main button of each step of a setup has one."""

from ast import Name, parse, walk
from itertools import product

from lxml.html import fromstring

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

#: Keys of Odoo's own form: save, discard, new, pager, actions, breadcrumb, home.
ODOO = frozenset("sjcnpuah")
FORMS = (
    "gateway.connector",
    "gateway.run",
    "gateway.conflict",
    "gateway.dead.letter",
    "gateway.change",
)
#: Situations that there are not: a plan has a state once it is made, and what ended well does not
#: go on.
NEVER = {
    "gateway.run": lambda now: (
        (now["plan_state"] and now["state"] not in ("done", "partial"))
        or (now["can_resume"] and now["state"] not in ("failed", "cancelled"))
    )
}


@tagged("post_install", "-at_install")
class TestAccessKeys(TransactionCase):
    def buttons(self, model, xpath="//button[@data-hotkey]"):
        """[(button, the conditions under which it is hidden)]"""
        form = fromstring(self.env[model].get_view(view_type="form")["arch"])
        return [
            (one, [up.get("invisible") for up in one.xpath("ancestor-or-self::*[@invisible]")])
            for one in form.xpath(xpath)
        ]

    def situations(self, model, conditions):
        """Every combination of values that the conditions tell apart."""
        names = {
            node.id for text in conditions for node in walk(parse(text)) if isinstance(node, Name)
        }
        values = {name: self._values(model, name) for name in sorted(names - {"True", "False"})}
        for chosen in product(*values.values()):
            yield dict(zip(values, chosen, strict=True))

    def _values(self, model, name):
        field = self.env[model]._fields.get(name)
        if field is not None and field.type == "selection":
            return [*(key for key, _label in field._description_selection(self.env)), False]
        return [1, False]

    def shown(self, buttons, situation):
        return [one for one, hidden in buttons if not any(safe_eval(h, situation) for h in hidden)]

    def test_no_two_buttons_that_are_shown_at_once_have_the_same_key(self):
        found = 0
        for model in FORMS:
            buttons = self.buttons(model)
            found += len(buttons)
            keys = {one.get("data-hotkey") for one, _hidden in buttons}
            self.assertFalse(keys & ODOO, model)
            conditions = {text for _one, hidden in buttons for text in hidden}
            is_never = NEVER.get(model, lambda _now: False)
            for situation in self.situations(model, conditions):
                if is_never(situation):
                    continue
                pressed = [one.get("data-hotkey") for one in self.shown(buttons, situation)]
                self.assertEqual(len(set(pressed)), len(pressed), (model, situation))
        self.assertGreater(found, 15)

    def test_each_step_of_the_setup_is_gone_on_with_by_a_key(self):
        main = "//button[contains(@class, 'btn-primary')]"
        for one, _hidden in self.buttons("gateway.connector", main):
            self.assertTrue(one.get("data-hotkey"), one.get("name"))

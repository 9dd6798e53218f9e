"""Words of platforms, mappings and the engine that a person reads are there to be translated."""

import json

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

from odoo.addons.gateway_ng.lib.merge import SOURCE_OF, TARGET_OF
from odoo.addons.gateway_ng.lib.platforms import platforms
from odoo.addons.gateway_ng.lib.sync.reconcile import (
    _GONE,
    _MISSING,
    _NEW,
    _WHY,
    BY_DECISION,
    CALLED,
)
from odoo.addons.gateway_ng.models.mapping import SHIPPED
from odoo.addons.gateway_ng.models.terms import TERMS, term


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    def test_all_words_of_shipped_platforms_and_filters_are_terms(self):
        said = set()
        for one in platforms():
            for item in (*one.credential_form, *one.settings):
                said |= {item.label, item.help} - {""}
        for path in SHIPPED.glob("*/*.json"):
            said |= set(json.loads(path.read_text(encoding="utf-8")).get("filters", {}))
        self.assertTrue(said)
        self.assertEqual(set(), said - set(TERMS))

    def test_all_that_a_compare_says_is_a_term(self):
        said = {BY_DECISION}
        for text in (_GONE, _MISSING, _NEW, *_WHY.values()):
            for way in SOURCE_OF:
                source, target = (CALLED[of[way]] for of in (SOURCE_OF, TARGET_OF))
                said.add(text.format(source=source, target=target))
        self.assertEqual(set(), said - set(TERMS))

    def test_a_term_is_translated_and_what_is_none_is_shown_as_it_is(self):
        self.env["res.lang"]._activate_lang("de_DE")
        known = code_translations.get_python_translations("gateway_ng", "de_DE")
        self.addCleanup(code_translations.python_translations.clear)
        code_translations.python_translations["gateway_ng", "de_DE"] = {
            **known,
            "Only goods": "Nur Waren",
        }
        env = self.env(context={"lang": "de_DE"})
        self.assertEqual("Nur Waren", term(env, "Only goods"))
        self.assertEqual("Mine", term(env, "Mine"))

"""Names of options and values of Shopify products in further languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway_ng.lib.demoshop import translations
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.http import TransportError
from gateway_ng.tests.pure.test_shopify_translations import Out

OPTIONS = "optionTexts@fr"
TEE = {
    "title": "Tee",
    "variants": {
        "s": {"sku": "TEE-S", "options": {"Size": "S", "Color": "Red"}},
        "m": {"sku": "TEE-M", "options": {"Size": "M", "Color": "Red"}},
    },
}
FRENCH = {"Size": "Taille", "Size/M": "Moyen", "Color": "Couleur", "Color/Red": "Rouge"}


class Tee(Out):
    """A tee in two sizes and one colour besides the others."""

    def __init__(self, **settings):
        super().__init__(**settings)
        (result,) = self.endpoint.write("product", [Op("tee", "create", None, TEE)])
        assert result.error is None
        (self.product,) = self.shop.store.many("Product", [int(result.id.rpartition("/")[2])])
        self.asked()

    def parts(self, product=None):
        """Name → option or value, as the shop keeps it."""
        found = {}
        for option in (product or self.product)["options"]:
            found[option["name"]] = option
            found |= {f"{option['name']}/{v['name']}": v for v in option["optionValues"]}
        return found

    def say(self, locale="fr", **texts):
        now = self.shop.store.now()
        for name, text in texts.items():
            translations.keep(self.parts()[name], "ProductOption", locale, "name", text, now)

    def called(self, locale="fr", product=None):
        return {
            name: one["value"]
            for name, part in self.parts(product).items()
            for one in translations.translated(part, "ProductOption", locale)
        }

    def change(self, values):
        """As the pipeline writes: it has seen what the shop shows."""
        op = Op("k", "update", self.product["id"], values, dict(self.fields()))
        (result,) = self.endpoint.write("product", [op])
        assert result.error is None, result.error
        return result


@pytest.fixture
def tee():
    return Tee()


def test_names_of_options_and_values_are_one_field_a_language_and_none_is_null(tee):
    tee.say(Size="Taille", **{"Size/M": "Moyen"})
    fields = tee.fields()
    assert fields[OPTIONS] == {"Size": "Taille", "Size/M": "Moyen"}
    assert fields["optionTexts@de"] is None


def test_a_product_without_options_has_no_names_to_translate(tee):
    (made,) = tee.endpoint.write("product", [Op("k", "create", None, {"title": "Plain"})])
    plain = next(p for p in tee.shop.store.tables["Product"].values() if p["id"] == made.id)
    now = tee.shop.store.now()
    translations.keep(plain["options"][0], "ProductOption", "fr", "name", "Titre", now)
    (record,) = tee.endpoint.fetch("product", [made.id])
    assert record.fields[OPTIONS] is None


def test_options_of_a_page_are_asked_for_together(tee):
    tee.say(Size="Taille")
    pages = list(tee.endpoint.pages("product"))
    told = [r.fields[OPTIONS] for page in pages for r in page.records if r.fields[OPTIONS]]
    assert told == [{"Size": "Taille"}]
    names = tee.asked()
    resources = sum(1 + len(tee.parts(p)) for p in [*tee.products, tee.product])
    assert names.count("OptionNames") == len(pages)
    assert names.count("Translations") <= len(pages) + resources // 250


def test_names_are_registered_in_few_requests_and_read_back(tee):
    tee.change({OPTIONS: FRENCH, "optionTexts@de": {"Size": "Größe"}})
    assert tee.fields()[OPTIONS] == FRENCH
    assert (tee.called(), tee.called("de")) == (FRENCH, {"Size": "Größe"})
    names = tee.asked()
    assert names.count("TranslationsRegister") == 1 and names.count("TranslationsRemove") == 0
    assert tee.change({OPTIONS: FRENCH}).error is None
    assert "TranslationsRegister" not in tee.asked()


def test_a_name_that_is_gone_is_taken_away_and_what_was_not_seen_stays(tee):
    tee.change({OPTIONS: FRENCH})
    seen = dict(tee.fields())
    tee.say(**{"Size/S": "Petit"})
    op = Op("k", "update", tee.product["id"], {OPTIONS: {"Size": "Taille"}}, seen)
    (result,) = tee.endpoint.write("product", [op])
    assert result.error is None and tee.called() == {"Size": "Taille", "Size/S": "Petit"}
    tee.change({OPTIONS: None})
    assert tee.called() == {}


def test_a_new_product_comes_with_the_names_of_its_options(tee):
    values = {**TEE, "title": "Another tee", OPTIONS: FRENCH}
    (result,) = tee.endpoint.write("product", [Op("new", "create", None, values)])
    assert result.error is None and result.record.fields[OPTIONS] == FRENCH


def test_an_option_that_is_renamed_keeps_its_translation_which_is_outdated(tee):
    tee.change({OPTIONS: FRENCH})
    renamed = {
        v["id"]: {"options": {"Length" if n == "Size" else n: o for n, o in v["options"].items()}}
        for v in tee.fields()["variants"]
    }
    ties = {"variants": {id_: id_ for id_ in renamed}}
    op = Op("k", "update", tee.product["id"], {"variants": renamed, OPTIONS: None})
    op = replace(op, children=ties, expect=dict(tee.fields()))
    (result,) = tee.endpoint.write("product", [op])
    assert result.error is None, result.error
    assert tee.called() == {"Length": "Taille", "Length/M": "Moyen"}
    (held,) = translations.translated(tee.parts()["Length"], "ProductOption", "fr")
    assert held["outdated"]


def test_a_value_that_the_product_has_not_got_is_none_of_its_names(tee):
    tee.change({OPTIONS: {**FRENCH, "Size/XL": "Très grand"}})
    assert tee.fields()[OPTIONS] == FRENCH


def test_names_of_a_language_that_the_shop_has_not_got_are_told_and_stop_nothing(tee):
    result = tee.change({"optionTexts@es": {"Size": "Talla"}})
    assert "es" in result.note


def test_a_name_that_the_shop_refuses_is_told_with_its_field(tee):
    (result,) = tee.endpoint.write(
        "product", [Op("k", "update", tee.product["id"], {OPTIONS: {"Size": "  "}})]
    )
    assert (result.error.field, result.error.value) == (OPTIONS, "  ")


def test_names_with_dots_and_strokes_are_names(tee):
    values = {
        "title": "Ring",
        "variants": {"a": {"sku": "RING", "options": {"Size in mm": "17.5/18"}}},
        OPTIONS: {"Size in mm/17.5/18": "17,5/18"},
    }
    (result,) = tee.endpoint.write("product", [Op("ring", "create", None, values)])
    assert result.error is None, result.error
    assert result.record.fields[OPTIONS] == {"Size in mm/17.5/18": "17,5/18"}


def test_names_without_text_of_their_own_on_the_product_are_told(tee, monkeypatch):
    keep = dict(translations.KEYS)
    monkeypatch.setattr(translations, "KEYS", {**keep, "ProductOptionValue": {}})
    result = tee.change({OPTIONS: {"Size": "Taille", "Color/Red": "Rouge"}})
    assert "«Color/Red»" in result.note and tee.called() == {"Size": "Taille"}


def test_an_answer_to_names_that_was_lost_is_repeated(tee):
    send, lost = tee.wire.send, []

    def losing(method, url, headers, body, timeout):
        if b"TranslationsRegister" in (body or b"") and not lost:
            lost.append(send(method, url, headers, body, timeout))
            raise TransportError("no answer", sent=True)
        return send(method, url, headers, body, timeout)

    tee.wire.send = losing
    (result,) = tee.endpoint.write(
        "product", [Op("k", "update", tee.product["id"], {OPTIONS: FRENCH})]
    )
    assert result.error is None and lost and tee.called() == FRENCH

"""Translations of Shopify products, and the texts of search engines in each language."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo, translations
from gateway_ng.lib.demoshop.settings import SCOPES
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import RetryLater
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport, connect

FR = "title@fr"
NEW = {
    "title": "Cap",
    "descriptionHtml": "<p>Warm</p>",
    FR: "Casquette",
    "descriptionHtml@fr": "<p>Chaude</p>",
    "variants": {"a": {"sku": "CAP-1", "price": Decimal("9.90")}},
}


class Out:
    """A shop in English, French and German, of which French and German are carried."""

    def __init__(self, locales=("fr", "de"), **settings):
        there = {"access_token": TOKEN, "locales": ("en", "fr", "de")} | settings
        self.shop = Shop(FakeClock(), Settings().updated(there))
        seed_demo(self.shop)
        self.wire = ShopTransport(self.shop)
        self.endpoint = connect(self.wire, self.shop.clock, settings={"locales": locales})
        self.products = list(self.shop.store.tables["Product"].values())
        self.product = self.products[0]

    def keep(self, locale, key, value, product=None):
        now = self.shop.store.now()
        translations.keep(product or self.product, "Product", locale, key, value, now)

    def held(self, locale="fr", product=None):
        found = translations.translated(product or self.product, "Product", locale)
        return {one["key"]: one["value"] for one in found}

    def fields(self):
        (record,) = self.endpoint.fetch("product", [self.product["id"]])
        return record.fields

    def write(self, values, product=None):
        id_ = (product or self.product)["id"]
        (result,) = self.endpoint.write("product", [Op("k", "update", id_, values)])
        return result

    def asked(self):
        names, self.wire.sent[:] = self.wire.operations, []
        return names


@pytest.fixture
def out():
    return Out()


# -- reading ---------------------------------------------------------------------------------------


def test_a_translation_is_a_field_of_its_language_and_none_is_null(out):
    out.keep("fr", "title", "Théière")
    out.keep("fr", "meta_title", "Théière rouge")
    fields = out.fields()
    assert (fields[FR], fields["title@de"], fields["descriptionHtml@fr"]) == ("Théière", None, None)
    assert fields["seo"]["title@fr"] == "Théière rouge"
    assert fields["seo"]["description@fr"] is None


def test_a_page_costs_one_request_for_the_translations_of_all_its_products_and_languages(out):
    out.keep("de", "title", "Kanne", out.products[-1])
    pages = list(out.endpoint.pages("product"))
    records = [record for page in pages for record in page.records]
    assert len(records) == len(out.products) > 10
    assert [r.fields["title@de"] for r in records].count("Kanne") == 1
    assert all(FR in r.fields for r in records)
    assert out.asked().count("Translations") == len(pages)


def test_without_languages_nothing_more_is_asked(out):
    out = Out(locales=())
    out.keep("fr", "title", "Théière")
    assert not [name for name in out.fields() if "@" in name]
    assert out.asked() == ["ProductsById"]


def test_a_language_that_the_shop_has_not_got_is_absent_and_not_empty():
    out = Out(locales=("fr", "es"))
    fields = out.fields()
    assert FR in fields and "title@es" not in fields


def test_an_outdated_translation_is_carried_and_not_lost(out):
    out.keep("fr", "title", "Théière")
    assert out.write({"title": "Another pot"}).record.fields[FR] == "Théière"
    (held,) = translations.translated(out.product, "Product", "fr")
    assert held["outdated"]


@pytest.mark.parametrize("without", ["read_locales", "write_translations"])
def test_scopes_that_hide_translations_leave_them_absent_and_the_check_says_so(without):
    out = Out(scopes=[scope for scope in SCOPES if scope != without])
    assert FR not in out.fields()
    problems = out.endpoint.check().problems
    assert any("translations of products" in one for one in problems)
    assert not Out(locales=(), scopes=[s for s in SCOPES if s != without]).endpoint.check().problems


def test_the_check_names_the_languages_but_the_shop_s_own(out):
    assert out.endpoint.check().languages == {"fr": "French", "de": "German"}


def test_a_bulk_read_brings_translations_too():
    out = Out()
    out.endpoint = connect(out.wire, out.shop.clock, settings={"locales": ("fr",), "bulk_above": 1})
    out.keep("fr", "title", "Théière")
    records = [r for page in out.endpoint.pages("product") for r in page.records]
    assert "BulkRun" in out.asked()
    assert [r.fields[FR] for r in records].count("Théière") == 1


# -- writing ---------------------------------------------------------------------------------------


def test_translations_are_written_and_read_back_and_the_original_stays(out):
    title = out.product["title"]
    result = out.write({FR: "Théière", "descriptionHtml@fr": "<p>Rouge</p>"})
    assert result.error is None
    assert out.held() == {"title": "Théière", "body_html": "<p>Rouge</p>"}
    assert out.product["title"] == title
    assert out.fields()[FR] == "Théière"


def test_a_translation_is_of_the_original_that_is_written_with_it(out):
    result = out.write({"title": "New pot", FR: "Théière neuve"})
    assert result.error is None and result.record.fields[FR] == "Théière neuve"
    assert [one["outdated"] for one in translations.translated(out.product, "Product", "fr")] == [
        False
    ]


def test_what_the_shop_has_is_not_written_again(out):
    out.write({FR: "Théière"})
    out.asked()
    assert out.write({FR: "Théière", "title@de": None}).error is None
    assert out.asked() == ["Translations"]


def test_null_takes_a_translation_away_and_leaves_the_others(out):
    out.keep("fr", "title", "Théière")
    out.keep("fr", "body_html", "<p>Rouge</p>")
    out.keep("de", "title", "Kanne")
    assert out.write({FR: None, "descriptionHtml@fr": ""}).error is None
    assert (out.held(), out.held("de")) == ({}, {"title": "Kanne"})


def test_an_original_that_is_written_anew_leaves_its_translation_outdated_and_not_gone(out):
    out.keep("fr", "title", "Théière")
    assert out.write({"title": "New pot", FR: None}).record.fields[FR] == "Théière"
    assert out.write({FR: None}).record is None
    assert out.held() == {}


def test_many_products_are_translated_in_one_request_and_one_bad_text_spoils_no_other(out):
    few = out.products[:5]
    few[2]["descriptionHtml"] = ""
    ops = [
        Op(str(n), "update", one["id"], {"descriptionHtml@fr": f"<p>{n}</p>"})
        for n, one in enumerate(few)
    ]
    results = list(out.endpoint.write("product", ops))
    assert [r.error is None for r in results] == [True, True, False, True, True]
    error = results[2].error
    assert error.record == few[2]["id"] and error.field == "descriptionHtml@fr" and error.remedy
    assert out.held(product=few[4]) == {"body_html": "<p>4</p>"}
    assert out.asked() == ["Scopes", "ShopLocales", "Translations", "TranslationsRegister"]


def test_a_refusal_of_the_shop_names_field_and_reason(out):
    result = out.write({FR: "   "})
    assert "Value can't be blank" in str(result.error)
    assert (result.error.field, result.error.value) == (FR, "   ")
    assert out.held() == {}


def test_a_new_product_comes_with_its_translations(out):
    (result,) = out.endpoint.write("product", [Op("k", "create", None, NEW)])
    assert result.error is None and result.record.fields[FR] == "Casquette"
    made = next(p for p in out.shop.store.tables["Product"].values() if p["id"] == result.id)
    assert out.held(product=made) == {"title": "Casquette", "body_html": "<p>Chaude</p>"}


def test_a_create_whose_answer_was_lost_before_its_translations_is_found_and_translated(out):
    count = len(out.shop.store.tables["Product"])
    send, lost = out.wire.send, []

    def losing(method, url, headers, body, timeout):
        if b"TranslationsRegister" in (body or b"") and len(lost) < 9:
            lost.append(send(method, url, headers, body, timeout))
            raise RetryLater("no answer", seconds=1)
        return send(method, url, headers, body, timeout)

    out.wire.send = losing
    with pytest.raises(RetryLater):
        list(out.endpoint.write("product", [Op("k", "create", None, NEW)]))
    assert lost
    out.wire.send = send
    (result,) = out.endpoint.write("product", [Op("k", "create", None, NEW)])
    assert result.error is None and result.record.fields[FR] == "Casquette"
    assert len(out.shop.store.tables["Product"]) == count + 1


def test_a_language_that_the_shop_dropped_is_told_and_stops_nothing():
    out = Out(locales=("es",))
    result = out.write({"title": "Pot", "title@es": "Tetera"})
    assert result.error is None and "es" in result.note
    assert out.product["title"] == "Pot"


def test_a_field_that_has_no_translations_is_refused(out):
    result = out.write({"vendor@fr": "Acme"})
    assert "vendor" in str(result.error) and result.error.remedy


# -- what search engines are shown -----------------------------------------------------------------


def test_one_search_text_is_written_without_clearing_the_other(out):
    out.product["seo"] = {"title": "Old", "description": "Kept"}
    result = out.write({"seo.title": "New"})
    assert result.error is None
    assert out.product["seo"] == {"title": "New", "description": "Kept"}


def test_search_texts_are_translated_like_any_other(out):
    out.product["seo"] = {"title": "Old", "description": None}
    result = out.write({"seo.title@fr": "Théière"})
    assert result.error is None and out.held() == {"meta_title": "Théière"}
    assert out.product["seo"] == {"title": "Old", "description": None}

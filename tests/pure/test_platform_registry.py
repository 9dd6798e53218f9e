from __future__ import annotations

import pytest

from gateway_ng.lib import platforms as registry
from gateway_ng.lib.endpoint import Endpoint
from gateway_ng.lib.errors import StopRun
from gateway_ng.lib.platforms import Credential, Platform, platform, platforms, register
from gateway_ng.tests.pure.shopify_fakes import CREDENTIALS, SECRET, TOKEN, Script


def another(name="vendor_file", label="Vendor file"):
    form = (Credential("path", "Path"), Credential("key", "Key", secret=True))
    return Platform(name, label, lambda *a, **k: None, ("product",), form)


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    monkeypatch.setattr(registry, "_registered", {})


def test_built_in_platforms_are_found_by_name_and_listed():
    assert platform("shopify").label == "Shopify"
    assert "shopify" in [each.name for each in platforms()]


def test_an_unknown_platform_names_the_known_ones():
    register(another())
    with pytest.raises(StopRun) as caught:
        platform("shopifi")
    assert "'shopifi'" in str(caught.value)
    assert "shopify, vendor_file" in str(caught.value)


def test_other_addons_register_theirs_once():
    new = another()
    register(new)
    register(new)
    assert platform("vendor_file") is new
    with pytest.raises(ValueError, match="registered already"):
        register(another())
    with pytest.raises(ValueError, match="registered already"):
        register(another("shopify"))


def test_platforms_are_listed_by_label():
    register(another("zzz", "Amazon"))
    labels = [each.label for each in platforms()]
    assert labels == sorted(labels, key=str.lower)


def test_a_platform_tells_which_of_its_credentials_are_secret():
    assert platform("shopify").secrets(CREDENTIALS) == [TOKEN, SECRET]


def test_what_a_platform_opens_fulfils_the_contract_and_has_its_entities():
    shopify = platform("shopify")
    endpoint = shopify.connect(CREDENTIALS, {}, transport=Script())
    assert isinstance(endpoint, Endpoint)
    assert tuple(endpoint.entities()) == tuple(shopify.entities)
    assert not endpoint.transactional
    for name, info in endpoint.entities().items():
        assert info.name == name and info.fields

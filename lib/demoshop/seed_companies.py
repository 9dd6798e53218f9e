"""Companies of the demo shop: one with a tax number, two locations and two buyers, and a small one
that is known by its name alone."""

from __future__ import annotations

from .companies import add_company, join
from .shop import Shop
from .store import Rec

_LEEDS = {"address1": "1 Works Road", "zip": "LS1 4AP", "city": "Leeds", "countryCode": "GB"}
_YORK = {"address1": "7 Mill Lane", "zip": "YO1 7EP", "city": "York", "countryCode": "GB"}
_AUSTIN = {"address1": "12 Congress Avenue", "zip": "78701", "city": "Austin"}
_AUSTIN |= {"countryCode": "US", "provinceCode": "TX"}


def seed_companies(shop: Shop) -> list[Rec]:
    """On a shop with customers: «Example Trading», for which the first two of them buy, and «Sample
    Works», for which nobody does."""
    with shop.lock:
        store = shop.store
        trading = add_company(
            store,
            "Example Trading",
            [
                {
                    "name": "Leeds",
                    "externalId": "ET-LEEDS",
                    "phone": "+441134960000",
                    "vat": "GB980780684",
                    "billing": _LEEDS,
                    "shipping": _LEEDS,
                },
                {"name": "York", "shipping": {**_YORK, "recipient": "Receiving"}},
            ],
            external_id="ET",
            note="Pays by invoice",
        )
        works = add_company(store, "Sample Works", [{"shipping": _AUSTIN}])
        for place, customer in enumerate(list(store.tables["Customer"].values())[:2]):
            join(store, customer, trading, main=place == 0)
        return [trading, works]

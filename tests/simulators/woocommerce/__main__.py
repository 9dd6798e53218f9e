"""A shop by hand: `python dev/run_pure.py gateway_ng.tests.simulators.woocommerce [port]`."""

from __future__ import annotations

import sys
import threading

from . import Settings, Shop, serving
from .seed import seed


def main() -> None:
    shop = Shop(settings=Settings())
    seed(shop)
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8081
    with serving(shop, port) as server:
        settings = shop.settings
        sys.stdout.write(
            f"WooCommerce {settings.version} on {server.url}\n"
            f"Consumer key {settings.consumer_key}, secret {settings.consumer_secret}\n"
        )
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()

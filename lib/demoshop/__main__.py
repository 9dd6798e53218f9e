"""Serve a seeded demo shop: python -m gateway_ng.lib.demoshop --port 8899 --seed 1."""

from __future__ import annotations

import argparse
import gc
import signal
import threading
from pathlib import Path

from .errors import OtherVersion
from .kept import Kept
from .official import schema
from .seed import seed_demo
from .seed_lists import seed_price_lists
from .server import Server
from .settings import Settings
from .shop import Shop

#: An answer of 250 products is built of more objects than Python makes between two collections:
#: each would be kept for old, and the whole shop be searched for garbage every few answers.
OBJECTS_BETWEEN_COLLECTIONS = 200_000
#: A bucket holds what is given back in so many seconds, on each plan.
SECONDS_OF_POINTS = 20


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted or terminated."""
    own = Settings()
    options = argparse.ArgumentParser(description="The Gateway NG demo shop")
    options.add_argument("--port", type=int, default=8899)
    options.add_argument("--seed", type=int, default=1, help="0 starts with an empty shop")
    options.add_argument("--name", default=own.name, help="what a new shop is called")
    options.add_argument("--domain", default=own.domain, help="….myshopify.com")
    options.add_argument(
        "--restore-rate",
        type=int,
        default=own.restore_rate,
        help="points a second that a new shop gives back: 100, 200 or 1000, as the plan says",
    )
    options.add_argument("--state", type=Path, help="a file that remembers the shop")
    given = options.parse_args(arguments)
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    kept = Kept(given.state) if given.state else None
    schema()
    try:
        shop = kept.load() if kept else None
    except OtherVersion as error:
        options.exit(1, f"{given.state}: {error} (make demo FRESH=1)\n")
    if shop is None:
        rate = given.restore_rate
        limits = {"restore_rate": rate, "bucket": SECONDS_OF_POINTS * rate}
        shop = Shop(settings=Settings(name=given.name, domain=given.domain, **limits))
        if given.seed:
            seed_demo(shop, given.seed)
            seed_price_lists(shop)
    server = Server(shop, given.port, kept)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Demo shop at {server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()

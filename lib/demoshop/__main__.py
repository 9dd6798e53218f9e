"""Serve a seeded demo shop: python -m gateway_ng.lib.demoshop --port 8899 --seed 1."""

from __future__ import annotations

import argparse

from .official import schema
from .seed import seed_demo
from .server import Server
from .shop import Shop


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    options = argparse.ArgumentParser(description="The Gateway NG demo shop")
    options.add_argument("--port", type=int, default=8899)
    options.add_argument("--seed", type=int, default=1, help="0 starts with an empty shop")
    given = options.parse_args(arguments)
    shop = Shop()
    schema()
    if given.seed:
        seed_demo(shop, given.seed)
    server = Server(shop, given.port)
    print(f"Demo shop at {server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()

"""The demo shop as an HTTP server, seeded: `python -m gateway_ng.demo.shop_server --port 8899`."""

from ..lib.demoshop.server import main

if __name__ == "__main__":
    main()

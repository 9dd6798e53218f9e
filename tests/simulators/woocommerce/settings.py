"""What a simulated shop is like, and what goes wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """`failure_rate` and `lost_answer_rate` are shares of requests (0 to 1); lost ones are carried
    out first. `throttled`, `unavailable`: so many of the next requests get 429 or 503."""

    version: str = "11.0.1"
    wordpress: str = "7.0.4"
    utc_offset: int | str = 60  # minutes that the site's clock is ahead of UTC, or its zone
    currency: str = "EUR"
    prices_include_tax: bool = False
    weight_unit: str = "kg"
    #: Orders in tables of their own (HPOS); legacy ones are posts.
    own_order_tables: bool = True
    url: str = "http://127.0.0.1:8081"
    consumer_key: str = "ck_0123456789abcdef0123456789abcdef01234567"
    consumer_secret: str = "cs_76543210fedcba9876543210fedcba9876543210"  # noqa: S105 (made up)
    permission: str = "read_write"  # read, write or read_write
    failure_rate: float = 0.0
    lost_answer_rate: float = 0.0
    throttled: int = 0
    unavailable: int = 0
    retry_after: int = 2
    latency: float = 0.0  # seconds on the shop's clock for each request

    @property
    def number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split(".")[:2])

    def since(self, *version: int) -> bool:
        """Whether the shop is of this version or newer."""
        return self.number >= version

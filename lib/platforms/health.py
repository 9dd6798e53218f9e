"""What the check of every platform looks at."""

from __future__ import annotations

#: Seconds; beyond it windows and tokens are computed wrongly, and at 900 OAuth is refused.
_MOST = 60.0


def skewed(skew: float, where: str) -> list[str]:
    """The problem, if any, that the shop's clock is `skew` seconds ahead of ours. `where`: the
    servers that a person can set."""
    if abs(skew) <= _MOST:
        return []
    if skew > 0:
        return [
            f"The shop's clock is {skew:.0f} s ahead of this server's. "
            f"Remedy: switch on time synchronisation (NTP) on {where}."
        ]
    return [
        f"The shop's clock is {-skew:.0f} s behind this server's. "
        f"Remedy: switch on time synchronisation (NTP) on {where}."
    ]

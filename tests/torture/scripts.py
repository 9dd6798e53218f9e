"""Ways through the machine that chance seldom takes, for engines that only these find out."""

from __future__ import annotations

from typing import Any

from .broken import Broken
from .machine import Torture
from .outside import Happening

Step = tuple[str, dict[str, Any]]


def _begin(strategy: str = "last write", size: int = 3) -> Step:
    return "begin", {"strategy": strategy, "size": size, "synced": True}


def _run(scope: str, *plan: Happening, late: bool = False, gives_up: bool = False) -> Step:
    return "run", {"scope": scope, "plan": list(plan), "late": late, "gives_up": gives_up}


def _wait(seconds: int = 1) -> Step:
    return "wait", {"seconds": seconds}


def _edit(name: str, what: str, pick: int, lag: int = 0) -> Step:
    return "edit", {"name": name, "what": what, "pick": pick, "lag": lag}


#: Name → steps. The shop's second product is Odoo's first.
SCRIPTS: dict[str, list[Step]] = {
    "a change shows late in the shop": [
        _begin(),
        _edit("remote", "title", 0),
        _run("both"),
        _edit("remote", "title", 1, lag=200),
    ],
    "the shop spells a title its own way": [_begin(), _edit("odoo", "title", 0), _run("both")],
    "each side edits another field after that": [
        _begin(),
        _edit("odoo", "title", 0),
        _run("both"),
        _edit("remote", "title", 1),
        _edit("odoo", "price", 0),
        _run("export"),
    ],
    "one order is sold and another sent, and stock alone is run": [
        _begin(),
        ("trade", {"pick": 0, "sends": False}),
        _run("both"),
        ("trade", {"pick": 0, "sends": True}),
        ("trade", {"pick": 0, "sends": False}),
        ("count_shelf", {"pick": 1, "hand": 7}),
        _run("stock"),
    ],
    "somebody buys what is just being sent": [
        _begin(),
        ("count_shelf", {"pick": 0, "hand": 9}),
        ("count_shelf", {"pick": 1, "hand": 9}),
        _run("stock", Happening(1, "sale of what is sent")),
    ],
    "a product is made anew under the code of one that was deleted": [
        _begin(),
        ("change_mapping", {"reads_all": True}),
        ("delete", {"name": "odoo", "entity": "product", "pick": 1}),
        ("create_product", {"name": "odoo", "pick": 0}),
    ],
    "what was sold and sent is counted on the shelf again before stock is run": [
        _begin(),
        ("trade", {"pick": 1, "sends": False}),
        _run("import"),
        ("trade", {"pick": 0, "sends": True}),
        ("count_shelf", {"pick": 2, "hand": 8}),
    ],
    "both sides edit a title that was exported before": [
        _begin(),
        _edit("odoo", "title", 0),
        _run("export"),
        _edit("remote", "title", 1),
        _edit("odoo", "title", 0),
        _run("export"),
    ],
    "a worker dies with two edits of Odoo on their way, and its run is given up": [
        _begin(),
        _edit("odoo", "title", 0),
        _wait(),
        _edit("odoo", "title", 1),
        _run("export", Happening(16, "crash"), gives_up=True),
    ],
    **{
        f"at touch {at} of a page another job settles an older one with the same product": [
            _begin("odoo", size=1),
            _edit("odoo", "title", 0),
            _wait(),
            _edit("odoo", "title", 1),
            _run(
                "products",
                Happening(10, "odoo edit", flow=1),
                Happening(at, "other page", flow=1),
                late=True,
            ),
        ]
        for at in (38, 40)
    },
    "what Odoo typed over is settled after what it typed, which the shop has typed over": [
        _begin("odoo", size=1),
        _edit("odoo", "title", 0),
        _wait(),
        _edit("odoo", "title", 1),
        _run(
            "products",
            Happening(10, "odoo edit", flow=1),
            Happening(52, "shop edit", pick=3, flow=1),
            late=True,
        ),
    ],
    "the shop takes the access back in the middle of an export": [
        _begin(),
        _edit("odoo", "title", 0),
        _edit("odoo", "title", 1),
        _run("export", Happening(1, "access taken")),
        _run("both"),
    ],
    **{
        f"an edit in the shop at touch {at} of the export of the same title": [
            _begin(),
            _edit("odoo", "title", 1),
            _run("export", Happening(at, "shop edit")),
        ]
        for at in (20, 28, 31)
    },
    **{
        f"a sale at touch {at} of the export of stock": [
            _begin(),
            ("count_shelf", {"pick": 0, "hand": 9}),
            ("count_shelf", {"pick": 1, "hand": 9}),
            _run("stock", Happening(at, "sale")),
        ]
        for at in (10, 26)
    },
}


def broken_in(script: str, make: Any) -> str | None:
    """The promise that is broken on this way, if any."""

    class Scripted(Torture):
        pass

    Scripted.make = staticmethod(make)
    machine = Scripted()
    try:
        for rule, told in SCRIPTS[script]:
            getattr(machine, rule)(**told)
        machine.teardown()
    except Broken as error:
        return error.invariant
    return None

"""pytest plugin: a filestore for each process that runs Odoo tests.

pytest-odoo lets the processes share one, but Odoo's test classes clean it up behind them by their
own database: files would go that only the other process's open transaction knows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry: None) -> Iterator[None]:
    """Of pytest-odoo's `load_registry`: by then the process has its database."""
    from odoo.tests.common import get_db_name
    from odoo.tools import config

    filestore = partial(type(config).filestore, config)
    shared, own = Path(config.filestore(get_db_name())), Path(filestore(get_db_name()))
    if shared == own:
        yield
        return
    if shared.exists():
        shutil.copytree(shared, own, copy_function=os.link)
    with patch.object(config, "filestore", filestore):
        yield
    shutil.rmtree(own, ignore_errors=True)

"""Sides in memory, and the contract suite that every endpoint has to pass."""

import pytest

pytest.register_assert_rewrite("gateway_ng.tests.contract.suite")

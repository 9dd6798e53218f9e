"""What libraries below log of a request by themselves: its address, with all that its query holds.

The session's own lines are redacted where they are made; these are not ours, and a shop may want
its keys in the address.
"""

from __future__ import annotations

import logging

from ..redact import Redactor

#: A filter sees what is logged to its very logger, not below it.
_LOGGERS = ("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry")


class WithoutSecrets(logging.Filter):
    """Takes out what names or forms tell to be secret; whose values they are is not known here."""

    def __init__(self) -> None:
        super().__init__()
        self._redactor = Redactor()

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # logging tells of a wrong format itself
            return True
        clean = self._redactor.line(text)
        if clean != text:
            record.msg, record.args = clean, None
        return True


def hide_secrets() -> None:
    """Once a process: they are loggers of the process, not of a session."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, WithoutSecrets) for one in logger.filters):
            logger.addFilter(WithoutSecrets())

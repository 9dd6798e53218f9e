from odoo import models

from ..lib.endpoint import Record
from ..lib.errors import GatewayError
from ..lib.mapping import Ref
from ..lib.values import stage, unstage
from .wording import pretty_json


class GatewayChange(models.Model):
    """What an import read and made of it: its page keeps the records once for all its changes, and
    the mapping version says at any time what they became."""

    _inherit = "gateway.change"

    def _compute_evidence_texts(self):
        done = super()._compute_evidence_texts()
        for change, record in self._as_read().items():
            redactor = change.connector_id._redactor()
            change.payload_text = pretty_json(stage(redactor.value(dict(record.fields))))
            values = change._as_mapped(record)
            if values:
                change.values_text = pretty_json(stage(redactor.value(_plain(values))))
        return done

    def _as_read(self):
        """{change: its record, as the page that it was settled with had read it}."""
        found = {}
        imports = self.filtered(lambda one: one.direction == "import" and not one.payload)
        for page, changes in imports.grouped("page_id").items():
            payload = page.sudo().payload
            records = unstage(payload)["records"] if payload else ()
            read = {id_: fields for id_, fields, _updated in records}
            for change in changes:
                if change.source_id in read:
                    found[change] = Record(change.source_id, read[change.source_id])
        return found

    def _as_mapped(self, record):
        """The record's values by the mapping version of its flow, None where it made none."""
        version = self.page_id.sudo().flow_id.mapping_version_id
        try:
            return version._compiled().transform(record) if version else None
        except GatewayError:
            return None  # the change's own error tells why


def _plain(value):
    """References by what they name; what they led to is in the record."""
    if isinstance(value, Ref):
        return {"refers to": value.name, value.key or "id": value.value}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value

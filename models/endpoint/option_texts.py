"""What a product's options and their values are called in further languages: one field a language,
«option_texts@fr_FR», of what is translated and nothing else.

It is only read. Attributes and their values are all products' and all connectors', so what one
product of one shop calls them says nothing of the others.
"""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from ...lib.endpoint import FieldInfo
from .translations import SOURCE, stored_texts

FIELD = "option_texts"
INFO = FieldInfo(
    FIELD,
    "texts",
    translated=True,
    sample='{"Size": "Taille", "Size/Large": "Grand"}',
    help="Names of options and of the values that variants have; by languages alone.",
)


class WithOptionTexts:
    """Part of products; `variants_of` gives those of a row that count."""

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        paths = (path.partition("@") for path in sorted(self.reads))
        self._option_langs = [lang for name, _at, lang in paths if name == FIELD and lang]

    def fields_of(self, row):
        out = super().fields_of(row)
        for lang in self._option_langs:
            out[f"{FIELD}@{lang}"] = self._option_names.texts(self.variants_of(row), lang) or None
        return out


class OptionNames:
    """The names of the options and values of these variants, as they are stored: of all of them in
    two queries."""

    def __init__(self, variants):
        self._lang = variants.env.lang
        used = variants.product_template_attribute_value_ids
        self._attributes = stored_texts(used.attribute_id, ["name"])
        self._values = stored_texts(used.product_attribute_value_id, ["name"])

    def texts(self, variants, lang):
        """{"Size": "Taille", "Size/Large": "Grand"} of those that are translated."""
        out = {}
        for used in variants.product_template_attribute_value_ids:
            option = self._attributes[used.attribute_id.id]["name"]
            value = self._values[used.product_attribute_value_id.id]["name"]
            name = self._original(option)
            for called, stored in ((name, option), (f"{name}/{self._original(value)}", value)):
                text = self._translation(stored, lang)
                if text:
                    out[called] = text
        return out

    def _original(self, stored):
        return (stored.get(self._lang) or stored.get(SOURCE) or "").strip()

    def _translation(self, stored, lang):
        """None where it is what Odoo falls back to."""
        text = (stored.get(lang) or "").strip()
        return None if lang == SOURCE and text == self._original(stored) else text

"""Texts of Odoo records in further languages, as «name@fr_FR»: what is stored and nothing else.

Odoo shows the original where there is no translation; that is no translation, and gives null. HTML
is translated sentence by sentence in Odoo's own forms: a write of the original takes the sentences
of the others with it, and a write of another language those of the original. Here each language is
kept as a whole.
"""

from odoo.tools import SQL

from ...lib.errors import Refused
from .columns import is_translated, write_value

#: The language in which Odoo keeps what it falls back to; each text has it.
SOURCE = "en_US"


class WithTranslations:
    """Part of an entity whose texts are carried in several languages."""

    translates = True

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self._texts = {}
        for path in sorted(self.reads):
            name, _at, lang = path.partition("@")
            field = self.records._fields.get(name)
            is_text = lang and field and is_translated(field)
            if is_text and self.records._has_field_access(field, "read"):
                self._texts.setdefault(name, []).append(lang)

    def read(self, rows, times=None):
        self._stored = self._stored_texts(rows.ids, self._texts)
        return super().read(rows, times)

    def fields_of(self, row):
        out = super().fields_of(row)
        stored = self._stored.get(row.id, {})
        for name, langs in self._texts.items():
            texts = stored.get(name) or {}
            out.update({f"{name}@{lang}": self._text(name, texts, lang) for lang in langs})
        return out

    def _stored_texts(self, ids, names):
        return stored_texts(self.records.browse(ids), names)

    def _original(self, stored):
        return stored.get(self.env.lang) or stored.get(SOURCE)

    def _text(self, name, stored, lang):
        """The translation among the `stored` texts of a field. What Odoo falls back to, and HTML
        that has a sentence of its own nowhere, are none where they are the original."""
        text = stored.get(lang) or None
        if lang == SOURCE or callable(self.records._fields[name].translate):
            return None if text == self._original(stored) else text
        return text

    # -- writing

    def texts_before(self, ops):
        """id → field → language → text, of what writing the originals of `ops` would change."""
        names = [n for n in self._texts if callable(self.records._fields[n].translate)]
        ids = [int(op.id) for op in ops if any(name in op.values for name in names)]
        return self._stored_texts(ids, names)

    def write_texts(self, ops, ids, before=None):
        """What `ops` say in further languages, of rows whose originals are written, and what there
        was `before` of those that they do not name."""
        given = {}
        for op, id_ in zip(ops, map(int, ids), strict=True):
            texts = {**self._kept((before or {}).get(id_, {})), **_texts_of(op.values)}
            if texts:
                given[id_] = op, texts
        names = {name for _op, texts in given.values() for name, _lang in texts}
        for name in names:
            self._refuse_closed(name)
        stored = self._stored_texts(list(given), names)
        groups = {}
        for id_, (op, texts) in given.items():
            for lang, values in self._to_write(op, id_, texts, stored[id_]).items():
                key = lang, repr(sorted(values.items()))
                groups.setdefault(key, (values, []))[1].append(id_)
        for (lang, _key), (values, rows) in groups.items():
            self.records.with_context(lang=lang).browse(rows).write(values)

    def _kept(self, before):
        found = {}
        for name, stored in before.items():
            for lang in self._texts[name]:
                text = self._text(name, stored or {}, lang)
                if text is not None:
                    found[name, lang] = text
        return found

    def _to_write(self, op, id_, texts, stored):
        """Language → values that differ from what is stored, to be written as they are; the rest is
        done here: what is taken away, and HTML."""
        out, whole = {}, {}
        for (name, lang), text in texts.items():
            held, field = stored[name] or {}, self.records._fields[name]
            if text == self._text(name, held, lang):
                continue
            if not held:
                self.notes[id(op)] = self.env._(
                    "«%(name)s» is empty in Odoo, so its translation (%(lang)s) was not written.",
                    name=name,
                    lang=lang,
                )
            elif callable(field.translate):
                value = self._original(held) if text is None else text
                whole.setdefault(name, {})[lang] = value
            elif text is None and lang != SOURCE:
                self.records.browse(id_).update_field_translations(name, {lang: False})
            else:
                value = self._original(held) if text is None else text
                out.setdefault(lang, {})[name] = write_value(field, value)
        for name, values in whole.items():
            self._write_whole(self.records.browse(id_), name, {**stored[name], **values})
        return out

    def _write_whole(self, row, name, texts):
        """Each language's HTML as it is given, past Odoo's matching of sentences."""
        field = row._fields[name]
        clean = {lang: field.convert_to_cache(text, row) for lang, text in texts.items()}
        field._update_cache(row.with_context(prefetch_langs=True), clean, dirty=True)
        row[name] = row[name]  # as Odoo does: overrides of «write» run, and the row is dated

    def _refuse_closed(self, name):
        field = self.records._fields.get(name)
        if not field or not is_translated(field) or not self._is_open(name):
            raise Refused(
                f"«{name}» of {self.model} has no translations that a mapping may write",
                field=name,
                cause="mapping",
                remedy="Take the field out of the mapping, then retry.",
            )


def stored_texts(records, names):
    """id → field → language → text, of all in one query."""
    if not records or not names:
        return {}
    names = list(names)
    records.flush_model(names)
    columns = SQL(", ").join(SQL.identifier(name) for name in names)
    table = SQL.identifier(records._table)
    query = SQL("SELECT id, %s FROM %s WHERE id IN %s", columns, table, tuple(records.ids))
    found = records.env.execute_query(query)
    return {id_: dict(zip(names, texts, strict=True)) for id_, *texts in found}


def _texts_of(values):
    """(field, language) → text or None, of the values that are in a further language."""
    found = {}
    for path, text in values.items():
        name, _at, lang = path.partition("@")
        if lang:
            found[name, lang] = text or None
    return found

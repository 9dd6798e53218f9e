"""Words of platforms, mappings and the engine that a person reads are there to be translated."""

import ast
import json
import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

from odoo.addons.gateway_ng.lib.mapping import TRANSFORMS, TYPES
from odoo.addons.gateway_ng.lib.merge import SOURCE_OF, TARGET_OF
from odoo.addons.gateway_ng.lib.platforms import platforms
from odoo.addons.gateway_ng.lib.sync.reconcile import (
    _GONE,
    _MISSING,
    _NEW,
    _WHY,
    BY_DECISION,
    CALLED,
)
from odoo.addons.gateway_ng.models.entity_models import ODOO_MODELS
from odoo.addons.gateway_ng.models.field_labels import FIELD_LABELS
from odoo.addons.gateway_ng.models.mapping import SHIPPED
from odoo.addons.gateway_ng.models.said import LENGTH, SAID, said
from odoo.addons.gateway_ng.models.terms import TERMS, term
from odoo.addons.gateway_ng.models.wording import _snake


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    def test_all_words_of_shipped_platforms_and_filters_are_terms(self):
        said = set()
        for one in platforms():
            for item in (*one.credential_form, *one.settings):
                said |= {item.label, item.help} - {""}
        for path in SHIPPED.glob("*/*.json"):
            said |= set(json.loads(path.read_text(encoding="utf-8")).get("filters", {}))
        self.assertTrue(said)
        self.assertEqual(set(), said - set(TERMS))

    def test_all_help_of_the_mapping_editor_is_a_term(self):
        said = {one.help for one in (*TYPES.values(), *TRANSFORMS.values())}
        for path in SHIPPED.glob("*/*.json"):
            record = json.loads(path.read_text(encoding="utf-8"))["record"]
            said |= set(_helps(record))
        self.assertGreater(len(said), 100)
        self.assertEqual(set(), said - set(TERMS))

    def test_all_fields_of_shipped_mappings_have_labels(self):
        said = set()
        for path in SHIPPED.glob("*/*.json"):
            entity, direction = path.name.split(".")[:2]
            model = self.env.get(ODOO_MODELS.get(entity)) if direction == "import" else None
            own = model._fields if model is not None else {}
            record = json.loads(path.read_text(encoding="utf-8"))["record"]
            said |= {
                step for name in _written(record) if name not in own for step in name.split(".")
            }
        self.assertIn("sku", said)
        keys = {_snake(name).removesuffix("_id") for name in said}
        self.assertEqual(set(), keys - set(FIELD_LABELS))

    def test_all_that_a_compare_says_is_a_term(self):
        said = {BY_DECISION}
        for text in (_GONE, _MISSING, _NEW, *_WHY.values()):
            for way in SOURCE_OF:
                source, target = (CALLED[of[way]] for of in (SOURCE_OF, TARGET_OF))
                said.add(text.format(source=source, target=target))
        self.assertEqual(set(), said - set(TERMS))

    def test_a_term_is_translated_and_what_is_none_is_shown_as_it_is(self):
        self.env["res.lang"]._activate_lang("de_DE")
        known = code_translations.get_python_translations("gateway_ng", "de_DE")
        self.addCleanup(code_translations.python_translations.clear)
        code_translations.python_translations["gateway_ng", "de_DE"] = {
            **known,
            "Only goods": "Nur Waren",
        }
        env = self.env(context={"lang": "de_DE"})
        self.assertEqual("Nur Waren", term(env, "Only goods"))
        self.assertEqual("Mine", term(env, "Mine"))

    def test_a_sentence_of_the_engine_is_said_in_the_users_language(self):
        self._say(
            {
                "Odoo has no sales tax of %(taxes)s, and %(why)s": "Ohne %(taxes)s, %(why)s",
                "no rule says which tax it is": "keine Regel sagt, welche",
                "field %(field)s: %(what)s": "Feld %(field)s: %(what)s",
                "the field is required and the source has nothing in it": "das Feld ist Pflicht",
                "%(text)s (value: %(value)s)": "%(text)s (Wert: %(value)s)",
                "SKU": "Artikelnummer",
            }
        )
        env = self.env(context={"lang": "de_DE"})
        cases = {
            "Odoo has no sales tax of 19 % («VAT»), and no rule says which tax it is.": (
                "Ohne 19 % («VAT»), keine Regel sagt, welche."
            ),
            "field sku: the field is required and the source has nothing in it": (
                "Feld Artikelnummer: das Feld ist Pflicht"
            ),
            "the field is required and the source has nothing in it (value: '')": (
                "das Feld ist Pflicht (Wert: '')"
            ),
        }
        for text, expected in cases.items():
            self.assertEqual(expected, said(env, text))
        self.assertIsNone(said(env, "nobody ever said this"))

    def test_all_that_is_said_is_found_again_as_it_was_made(self):
        for one in SAID:
            text = re.sub(r"%\((\w+)\)s", "7", one._source).replace("%%", "%")
            self.assertEqual(text, said(self.env(context={"lang": "en_US"}), text))

    def test_what_a_shop_calls_its_things_is_gone_through_once(self):
        deep = "a: " * (LENGTH // 3)
        self.assertIsNone(said(self.env, deep))
        for one in SAID:  # the words of each sentence over and over, and its end nowhere
            words = [word for word in re.split(r"%\(\w+\)s", one._source) if word.strip()]
            text = ("".join(words[:-1]) or "x") * (LENGTH // max(len("".join(words)), 1))
            self.assertIsInstance(said(self.env, f"{text[: LENGTH - 1]}\n") or "", str)

    def test_errors_of_mappings_and_the_engine_are_sentences_that_are_known(self):
        lib, odoo = _LIB / "mapping", _LIB.parent / "models" / "endpoint"
        at_save = {"document.py", "schema.py", "layers.py", "checks.py", "compile.py"}
        files = [path for path in lib.glob("*.py") if path.name not in at_save]
        made = set().union(*(_made(path) for path in (*files, *odoo.glob("*.py"))))
        self.assertGreater(len(made), 100)
        known = {_shape(one._source.replace("%%", "%")) for one in SAID} | {"…: …"}
        self.assertEqual(set(), {text for text in made if _shape(text) not in known})

    def test_what_platforms_and_the_engine_say_is_known_as_well(self):
        """Each sentence with something in its holes is found: by a person it is met as a problem of
        a connection, as the error of a run, or as a dead letter and its remedy."""
        files = [path for path in _LIB.rglob("*.py") if not _UNMET.intersection(path.parts)]
        made = {text: path for path in files for text in (*_made(path), *_told_in_tables(path))}
        self.assertGreater(len(made), 250)
        english = self.env(context={"lang": "en_US"})
        filled = {text: re.sub(r"\{\}", "7", text) for text in made}
        unknown = {
            f"{made[text].name}: {text}"
            for text, said_ in filled.items()
            if re.search(r"[a-z]{3}", text) and said(english, said_) is None
        }
        self.assertEqual(set(), unknown)

    def _say(self, terms):
        self.env["res.lang"]._activate_lang("de_DE")
        known = code_translations.get_python_translations("gateway_ng", "de_DE")
        self.addCleanup(code_translations.python_translations.clear)
        code_translations.python_translations["gateway_ng", "de_DE"] = {**known, **terms}


_LIB = Path(SHIPPED).parent / "lib"
_ERRORS = {
    *("Refused", "Undecided", "Moved", "Ambiguous", "ValidationError", "Problem", "MappingError"),
    *("GatewayError", "RetryLater", "StopRun", "Throttled"),
}
#: Files whose sentences nobody meets: the demo shop's own answers are a shop's; a delivery that is
#: not believed is only logged; a plan subscribes to nothing. What is wrong with a mapping as it is
#: saved is told in English.
_UNMET = {
    *("demoshop", "webhooks.py", "overlay.py"),
    *("document.py", "schema.py", "layers.py", "checks.py", "compile.py"),
}
#: Modules whose sentences stand in tables and lists rather than in the error.
_TABLES = {"health.py", "failures.py", "user_errors.py"}


def _shape(text):
    """A sentence without its full stop and without what fills it."""
    return re.sub(r"(%\(\w+\)s|\{[^{}]*\})+", "…", text).rstrip().removesuffix(".")


def _made(path):
    """Messages and remedies that the errors of a file are made of, as far as it writes them out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        if getattr(call.func, "id", "") in _ERRORS:
            parts = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "remedy")]
            yield from filter(None, map(_written_out, parts))


def _told_in_tables(path):
    """Sentences of the checks and of tables of remedies: what ends with a full stop."""
    if path.name not in _TABLES:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and isinstance(node.body[0], ast.Expr)
    }
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.BinOp))
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        text = None if {id(node)} & (docs | inner) else _written_out(node)
        if isinstance(text, str) and text.endswith("."):
            yield text


def _written_out(node):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(parts)
    return None


def _helps(record):
    for field in record.values():
        yield from filter(None, [field.get("help")])
        yield from _helps((field.get("list") or {}).get("record") or {})


def _written(record):
    """Names of a mapping's fields, those of its lists' elements included."""
    for name, field in record.items():
        yield name
        yield from _written((field.get("list") or {}).get("record") or {})

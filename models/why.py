"""Who won and why, in words a person uses: what rules and reasons of the engine say on screens."""

import re

from odoo.tools.translate import LazyTranslate

from ..lib.merge import BY_HAND, IDENTITY, SOURCE_OF, TARGET_OF
from ..lib.sync.intent import MOVED
from .terms import term
from .wording import field_label

_lt = LazyTranslate(__name__)

#: Kept as the rule of a conflict that was open and is none any more.
AGREED = "no longer in conflict"
_SIDES = {"odoo": _lt("Odoo"), "remote": _lt("the shop")}
_VERDICTS = {
    "written": _lt("%(target)s got the value of %(origin)s"),
    "lost": _lt("%(target)s keeps its value"),
    "held": _lt("waits for a person"),
}
_RULES = {
    "source_priority": _lt("it has priority, by the connector's setting"),
    BY_HAND: _lt("a person decided so"),
    "first match": _lt("the records met for the first time, and what is there stays"),
    IDENTITY: _lt("records are recognised by this field, so a person has to decide"),
    AGREED: _lt("both sides agree by now"),
}
_REASONS = {
    "source changed": _lt("changed in %(origin)s alone"),
    "restored": _lt("a rule gives the field to %(origin)s: the edit in %(target)s was taken back"),
    "first match, was empty": _lt("the records met for the first time, and it was empty"),
    "moved since the plan: it is gone": _lt("moved since the plan: it is gone"),
    "gone on both sides": _lt("deleted on both sides"),
    "deleted at the source": _lt("deleted in %(origin)s"),
}
_WON = re.compile(
    r"^(?P<where>deleted at the target, |delete against edit: )?"
    r"(?P<side>odoo|remote|newest|ask) won by (?P<rule>.+)$",
    re.DOTALL,
)
_ASKED = re.compile(r"^(?:deleted at the target, |delete against edit: )(?P<rule>.+)$", re.DOTALL)


def side_text(env, side):
    return env._(_SIDES[side])


def sides(env, direction):
    """Both sides' names, for terms: the `origin` is what is read, the `target` what is written."""
    return {
        "origin": side_text(env, SOURCE_OF[direction]),
        "target": side_text(env, TARGET_OF[direction]),
    }


def rule_text(env, rule, direction):
    """Why a side won, from the rule's name as the engine gives it: a glob, or a word of its own."""
    if not rule:
        return ""
    if rule == "last_write_wins":
        return env._(
            "no rule names the field, and the running direction (from %(origin)s) goes first",
            **sides(env, direction),
        )
    if rule in _RULES:
        return env._(_RULES[rule])
    return env._("by the rule «%s»", rule)


def won_text(env, winner, rule, direction, person=""):
    """«The shop won: no rule names the field, …»; `person` is who decided by hand."""
    why = env._("%s decided so", person) if person else rule_text(env, rule, direction)
    if not winner or rule == AGREED:
        return _first_large(why)
    if winner in _SIDES:
        return env._("%(side)s won: %(why)s", side=_first_large(side_text(env, winner)), why=why)
    if winner == "newest":
        return env._("The newest edit won: %s", why)
    return env._("Waits for a person: %s", why)


def why_text(env, reason, direction):
    """A reason that a change was kept with, in words."""
    if not reason:
        return ""
    if reason in _REASONS:
        return _filled(env, _REASONS[reason], direction)
    won = _WON.match(reason)
    if won:
        text = won_text(env, won["side"], won["rule"], direction)
        if not won["where"]:
            return text
        return env._("deleted on one side and edited on the other. %s", text)
    if reason.startswith(f"{MOVED}: "):
        name = reason.removeprefix(f"{MOVED}: ")
        return env._("moved since the plan: %s", field_label(env, name))
    asked = _ASKED.match(reason)
    if asked:
        return env._(
            "deleted on one side and edited on the other: %s",
            rule_text(env, asked["rule"], direction),
        )
    return term(env, reason)


def verdict_text(env, verdict, direction):
    return _filled(env, _VERDICTS[verdict], direction)


def _filled(env, term, direction):
    text = env._(term)
    return text % sides(env, direction)


def _first_large(text):
    return text[:1].upper() + text[1:]

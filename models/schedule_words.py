"""A cron expression part by part, in the user's language: for those that have no saying."""

from babel.dates import get_day_names, get_month_names

from odoo.tools.misc import babel_locale_parse

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def in_parts(env, cron):
    """«at 06:30 · day of the month: 1, 15»: only what the expression says, and any is not said."""
    minute, hour, day, month, weekday = cron.lower().split()[:5]
    locale = babel_locale_parse(env.lang or "en_US")
    days, months = get_day_names("wide", locale=locale), get_month_names("wide", locale=locale)
    day_names = {text: days[(at - 1) % 7] for at, text in enumerate(_DAYS)}
    day_names |= {str(at): days[(at - 1) % 7] for at in range(8)}
    month_names = {text: months[at] for at, text in enumerate(_MONTHS, 1)}
    month_names |= {str(at): months[at] for at in range(1, 13)}
    parts = [env._("at %s", time) for time in [_times(minute, hour)] if time]
    if not parts:
        parts = [env._("minute: %s", _told(env, minute)), env._("hour: %s", _told(env, hour))]
    if day != "*":
        parts.append(env._("day of the month: %s", _told(env, day)))
    if month != "*":
        parts.append(env._("month: %s", _told(env, month, month_names)))
    if weekday != "*":
        parts.append(env._("day of the week: %s", _told(env, weekday, day_names)))
    return " · ".join(parts)


def _times(minute, hour):
    """Clock times, where both parts are plain numbers."""
    minutes, hours = minute.split(","), hour.split(",")
    if not all(one.isdigit() for one in (*minutes, *hours)):
        return ""
    return ", ".join(f"{int(h):02}:{int(m):02}" for h in hours for m in minutes)


def _told(env, part, names=None):
    return ", ".join(_one(env, one, names or {}) for one in part.split(","))


def _one(env, text, names):
    span, _slash, step = text.partition("/")
    if step:
        if span == "*":
            return env._("every %s", step)
        return env._("%(span)s, every %(step)s", span=_span(span, names), step=step)
    day, _hash, number = text.partition("#")
    if number:
        return env._(
            "%(day)s, no. %(number)s of the month", day=names.get(day, day), number=number.upper()
        )
    if text in ("l", "lw"):
        return env._("the last one") if text == "l" else env._("the last weekday")
    if text.endswith("l"):
        return env._("%s, the last one", names.get(text[:-1], text[:-1]))
    return env._("any") if text == "*" else _span(text, names)


def _span(text, names):
    return "–".join(names.get(one, one) for one in text.split("-"))

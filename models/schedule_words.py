"""A cron expression in the user's language: a saying for usual days, the others part by part."""

from babel.dates import get_day_names, get_month_names

from odoo.tools.misc import babel_locale_parse

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def in_parts(env, cron):
    """«at 06:30 · day of the month: 1, 15»: only what the expression says, and any is not said."""
    minute, hour, day, month, weekday = cron.lower().split()[:5]
    locale = babel_locale_parse(env.lang or "en_US")
    months, day_names = get_month_names("wide", locale=locale), _weekdays(env)
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


def every_day(env, minute, hour):
    """«every 15 minutes»; None where there is no saying."""
    if hour == "*" and minute == "*":
        return env._("every minute")
    if hour == "*" and minute.startswith("*/"):
        return env._("every %s minutes", minute[2:])
    if hour == "*" and minute.isdigit():
        return env._("every hour at minute %s", int(minute))
    if hour.startswith("*/") and minute.isdigit():
        return env._("every %s hours", hour[2:])
    if hour.isdigit() and minute.isdigit():
        return env._("every day at %s", f"{int(hour):02}:{int(minute):02}")
    return None


def on_days(env, minute, hour, days):
    """«at 03:00 on weekdays», of one time on usual days; None for any other."""
    if not (minute.isdigit() and hour.isdigit()):
        return None
    time = _times(minute, hour)
    day, month, weekday = days
    if (day, month) == ("*", "*"):
        return _on_weekday(env, time, weekday)
    if (month, weekday) != ("*", "*"):
        return None
    if day == "l":
        return env._("at %s on the last day of every month", time)
    if day.isdigit():
        return env._("at %(time)s on day %(day)s of every month", time=time, day=int(day))
    return None


def _on_weekday(env, time, weekday):
    if weekday in ("1-5", "mon-fri"):
        return env._("at %s on weekdays", time)
    if weekday in ("0,6", "6,0", "sat,sun", "6-7"):
        return env._("at %s at weekends", time)
    names = _weekdays(env)
    if weekday in names:
        return env._("at %(time)s every %(day)s", time=time, day=names[weekday])
    return None


def wrong_part(env, error):
    """What cronsim says is wrong about an expression."""
    wrong = {
        "Bad minute": env._("the minute is wrong"),
        "Bad hour": env._("the hour is wrong"),
        "Bad day-of-month": env._("the day of the month is wrong"),
        "Bad month": env._("the month is wrong"),
        "Bad day-of-week": env._("the day of the week is wrong"),
        "Wrong number of fields": env._("it needs five parts"),
    }
    return wrong.get(str(error)) or str(error) or env._("it never comes")


def _weekdays(env):
    days = get_day_names("wide", locale=babel_locale_parse(env.lang or "en_US"))
    names = {text: days[(at - 1) % 7] for at, text in enumerate(_DAYS)}
    return names | {str(at): days[(at - 1) % 7] for at in range(8)}


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

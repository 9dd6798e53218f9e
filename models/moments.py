"""Times, days and numbers as Odoo's own screens tell them: «Nov 29, 2026, 1:52:31 AM»."""

from datetime import timezone
from decimal import Decimal

import pytz
from babel.dates import format_skeleton, format_time

from odoo.tools import babel_locale_parse, get_lang


def moment_text(env, moment):
    """An aware time, in the user's zone and language."""
    zone = pytz.timezone(env.context.get("tz") or env.user.tz or "UTC")
    local = moment.astimezone(timezone.utc).astimezone(zone)
    time = format_time(local.time(), "medium", locale=_locale(env))
    return f"{day_text(env, local)}, {time}".replace("\u202f", " ")


def day_text(env, day):
    return format_skeleton("yMMMd", day, locale=_locale(env))


def number_text(env, text, is_share=False):
    """A plain decimal number with the decimal mark of the user's language, its digits as they are.
    A share of one is told in percent."""
    if is_share:
        share = format((Decimal(text) * 100).normalize(), "f")
        return f"{number_text(env, share)} %"
    return text.replace(".", get_lang(env).decimal_point)


def _locale(env):
    return babel_locale_parse(get_lang(env).code)

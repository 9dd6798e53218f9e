from . import (
    base_partner_merge,
    dead_letter_assign,
    dead_letter_discard,
    dead_letter_edit,
    demo_left,
    go_live,
    try_demo,
)

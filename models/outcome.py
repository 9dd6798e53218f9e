"""What became of records, in the words of the screens; the order is that of a run's sum."""

OUTCOME_LABELS = [
    ("created", "Created"),
    ("updated", "Updated"),
    ("unchanged", "Unchanged"),
    ("filtered", "Left out"),
    ("held", "To decide"),
    ("dead", "Not applied"),
    ("repeated", "Came twice"),
    ("deleted", "Deleted"),
]

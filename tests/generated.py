"""Records of many kinds, the same ones each time: texts of all scripts, HTML, extreme amounts."""

import random
from itertools import count

WORDS = (
    "Chair",
    "Straße",
    "Ünïcødé",
    "日本語の椅子",
    "كرسي",
    "כיסא",
    "🪑👩‍👩‍👧",
    "e\u0301clair",
    "R&D",
    "1 < 2",
    "<b>bold</b>",
    "&amp;",
    "“Été”",
    "it's",
    'say "hi"',
    "100 %",
    "a\\b",
    "{x}",
    "null",
    "0",
    "#1",
    "x" * 60,
)
TEXTS = (
    False,
    "<p>Plain</p>",
    "<p>A &amp; B &lt; C</p>",
    "<p>Line<br>break and <strong>bold</strong> and <em>not</em></p>",
    "<ul><li>One</li><li>Zwei · trois</li></ul>",
    "<p>日本語 🪑 עברית</p>",
    "<h2>Head</h2><p>" + "Long text, and so on. " * 200 + "</p>",
    '<p><a href="https://example.com/?a=1&amp;b=2">a link</a></p>',
    "<table><tbody><tr><td>cell</td></tr></tbody></table>",
)
PRICES = (0.0, 0.01, 1.0, 9.99, 19.9, 1234.56, 99999.99)
WEIGHTS = (0.0, 0.01, 0.25, 1.0, 12.5, 999.99)
SIZES = ("S", "M", "Größe L", "½", "10,5")


class Generated:
    """One stream of records; `seed` says which."""

    def __init__(self, seed=20):
        self.chance = random.Random(seed)
        self.numbers = count(1)

    def title(self):
        words = self.chance.choices(WORDS, k=self.chance.randint(1, 3))
        return f"{' '.join(words)} {next(self.numbers)}"

    def text(self):
        return self.chance.choice(TEXTS)

    def price(self):
        return self.chance.choice(PRICES)

    def weight(self):
        return self.chance.choice(WEIGHTS)

    def sizes(self):
        """None or some: a product with one of them has an option all the same."""
        return self.chance.sample(SIZES, self.chance.randint(0, 3))

    def code(self):
        return f"{self.chance.choice(('GEN', 'ü', 'a b', 'x_y.z', '07'))}-{next(self.numbers)}"

    def barcode(self):
        number = f"{next(self.numbers):012d}"
        return self.chance.choice((False, number))

    def name(self):
        return self.chance.choice(WORDS[:8]), self.chance.choice((*WORDS[1:8], "O’Neil", "d'Été"))

"""The words of the demo data: own product names, towns, texts. Customers are plainly synthetic."""

from __future__ import annotations

#: title, type, vendor, tags, price in cents, weight in grams, HTML, collections (indexes)
PRODUCTS = (
    ("Harbor Linen Shirt", "Shirts", "Northfold", "linen,summer", 5900, 240, "Loose cut in <b>washed linen</b>.", (0,)),
    ("Müller’s Wool Sweater", "Sweaters", "Northfold", "wool,winter", 8900, 620, "Knitted from <em>merino</em> &amp; silk.", (0, 3)),
    ("Everyday Tee “Basic”", "T-Shirts", "Plainweave", "basic,cotton", 1900, 180, "<p>Heavy jersey, 220&nbsp;g/m².</p>", (0, 2)),
    ("Sunrise Hoodie 🌅", "Hoodies", "Plainweave", "cotton,gift", 5400, 540, "Brushed inside, with a pouch pocket.", (0, 3)),
    ("Trail Rain Jacket", "Jackets", "Fernridge", "outdoor,rain", 12900, 450, "<ul><li>Taped seams</li><li>Two pockets</li></ul>", (0,)),
    ("Café Apron – Blüte", "Aprons", "Kettle & Cloth", "kitchen,gift", 3400, 300, "Cotton twill with a crossed back.", (1, 3)),
    ("Linen Bedding Set", "Bedding", "Kettle & Cloth", "linen,bedroom", 14900, 1800, "<p>Duvet cover and two pillow cases.</p>", (1,)),
    ("O'Hara Denim Jeans", "Trousers", "Fernridge", "denim", 7900, 780, "Straight leg, 13&nbsp;oz denim.", (0,)),
    ("Cloud Bathrobe ☁️", "Bath", "Softmoor", "cotton,gift", 6900, 1100, "Waffle weave that dries quickly.", (1, 3)),
    ("Striped Swim Shorts", "Swimwear", "Plainweave", "summer", 3200, 190, "Made of <i>recycled</i> nylon.", (0, 2)),
    ("Alpaca Socks (Pair)", "Socks", "Softmoor", "alpaca,winter", 1600, 70, "For cold floors.", (0, 2)),
    ("Quilted Oven Gloves", "Kitchen", "Kettle & Cloth", "kitchen", 1400, 210, "A pair, with a hanging loop.", (1, 2)),
    ("Fleece Vest 3/4", "Vests", "Fernridge", "outdoor", 4900, 330, "Light warmth under a shell.", (0,)),
    ("Yoga Leggings «Flow»", "Leggings", "Plainweave", "sport", 4500, 230, "High waist, four-way stretch.", (0,)),
    ("Floor Cushion Åre", "Cushions", "Softmoor", "livingroom", 3900, 900, "<p>Filled with kapok. Cover is washable.</p>", (1,)),
    ("Winter Parka", "Jackets", "Fernridge", "winter,outdoor", 19900, 1400, "Down 650, hood with a wire.", (0, 3)),
    ("Flannel Pyjamas", "Nightwear", "Softmoor", "cotton,bedroom", 5200, 520, "Piped collar, two pieces.", (0, 1)),
    ("Garden Gloves", "Garden", "Kettle & Cloth", "garden", 1250, 90, "Goatskin palm, cotton back.", (1, 2)),
    ("Running Singlet", "Sport", "Plainweave", "sport,summer", 2900, 110, "Mesh back &lt;100&nbsp;g.", (0, 2)),
    ("Felt Slippers", "Shoes", "Softmoor", "wool,gift", 4200, 380, "Boiled wool on a rubber sole.", (0, 3)),
)
SIZES = ("S", "M", "L", "XL")
COLLECTIONS = ("Clothing", "Home & Garden", "Under 40", "Gifts 🎁")
LOCATIONS = (
    ("Main warehouse", "12 Depot Road", "Columbus", "43004", "OH", "Ohio", "US", "United States"),
    ("Shop downtown", "4 Market Street", "Columbus", "43215", "OH", "Ohio", "US", "United States"),
)

#: city, zip, province code, country code
TOWNS = (
    ("Columbus", "43215", "OH", "US"),
    ("Portland", "97205", "OR", "US"),
    ("Austin", "78701", "TX", "US"),
    ("Sacramento", "95814", "CA", "US"),
    ("Albany", "12207", "NY", "US"),
    ("Toronto", "M5V 2T6", "ON", "CA"),
    ("Montréal", "H2Y 1C6", "QC", "CA"),
    ("Köln", "50667", None, "DE"),
    ("München", "80331", None, "DE"),
    ("Zürich", "8001", None, "CH"),
    ("Malmö", "211 20", None, "SE"),
    ("Kraków", "31-042", None, "PL"),
    ("Lyon", "69002", None, "FR"),
    ("Leeds", "LS1 4DY", None, "GB"),
)
#: Synthetic on purpose; some with letters that break careless code.
FIRST_NAMES = ("Customer", "Käufer", "Åsa Customer", "José Customer", "Zoë Customer", "顧客")
STREETS = ("Sample Street", "Test Lane", "Musterstraße", "Example Avenue", "Rue de l’Exemple")
NOTES = ("", "", "", "Leave at the door", "Gift wrap, please 🎀", "Call <before> delivery & ring twice")

"""Languages of the shop, translations of what it holds, and writing them."""

from __future__ import annotations

from .document import Document, Repeated

SHOP_LOCALES = Document(
    "ShopLocales", "query ShopLocales { shopLocales { locale name primary published } }\n"
)

#: Of many resources at once, in so many languages: what can be translated, and how it is.
TRANSLATIONS = Repeated(
    "Translations",
    "$locale#: String!",
    "m#: translations(locale: $locale#) { key value }",
    "$first: Int!, $ids: [ID!]!",
    writes=False,
    around=(
        "nodes: translatableResourcesByIds(first: $first, resourceIds: $ids) {\n"
        "nodes { id: resourceId translatableContent { key digest }\n",
        "\n} }",
    ),
)

#: Of products, those of their parts that have translations of their own.
OPTION_NAMES = Document(
    "OptionNames",
    """query OptionNames($ids: [ID!]!) {
  nodes(ids: $ids) { id ... on Product { options { id name optionValues { id name } } } }
}
""",
)

#: At most 100 translations of one resource, all or none of them.
TRANSLATIONS_REGISTER = Repeated(
    "TranslationsRegister",
    "$id#: ID!, $given#: [TranslationInput!]!",
    "m#: translationsRegister(resourceId: $id#, translations: $given#) "
    "{ userErrors { field message code } }",
)

TRANSLATIONS_REMOVE = Repeated(
    "TranslationsRemove",
    "$id#: ID!, $keys#: [String!]!, $locales#: [String!]!",
    "m#: translationsRemove(resourceId: $id#, translationKeys: $keys#, locales: $locales#) "
    "{ userErrors { field message code } }",
)

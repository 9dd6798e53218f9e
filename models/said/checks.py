"""Sentences of a check of the connection, and of what is entered for it."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CHECKS = (
    _lt(
        "The shop's clock is %(seconds)s s ahead of this server's. Remedy: switch on time "
        "synchronisation (NTP) on %(what)s."
    ),
    _lt(
        "The shop's clock is %(seconds)s s behind this server's. Remedy: switch on time "
        "synchronisation (NTP) on %(what)s."
    ),
    _lt("this server"),
    _lt("both servers"),
    _lt(
        "Shopify answers with API version %(version)s instead of %(ours)s. Remedy: update "
        "this module."
    ),
    _lt(
        "Scope %(name)s is missing: %(effects)s can't be used. Remedy: grant it to the app in"
        " the Dev Dashboard, or leave these out of the sync."
    ),
    _lt(
        "Scope read_all_orders is missing: orders older than 60 days are not shown by "
        "Shopify. Remedy: request it for the app in the Dev Dashboard if older orders matter."
    ),
    _lt(
        "The shop has no route %(path)s: %(entity)s can't be synced. Remedy: check that "
        "WooCommerce is active, and no plugin switches its REST API off."
    ),
    _lt(
        "WooCommerce %(version)s is older than 8.5, with which this module was never tried. "
        "Remedy: update WooCommerce."
    ),
    _lt("The key may not write: %(said)s Remedy: %(text)s"),
    _lt(
        "The shop has disabled the webhook «%(topic)s» to %(host)s: what happens is found "
        "later, by polling. Remedy: subscribe again, and check that the shop can reach that "
        "address."
    ),
    _lt("There is no platform named %(name)s."),
    _lt("Use one of: %(names)s; or install the addon that brings it."),
    _lt("Use one of: %(names)s."),
    _lt("The place in the list can't be read; it was made by another version."),
    _lt("Start the run again: it reads from the last settled time."),
    _lt("The address is not an http or https address."),
    _lt("Enter it like https://shop.example.com."),
    _lt("The address holds a user name or password."),
    _lt("Enter credentials in their own fields."),
    _lt("%(place)s answered with status %(status)s but not with JSON%(rest)s"),
    _lt("The connection has %(what)s."),
    _lt("no client secret for its client ID"),
    _lt("no client ID for its client secret"),
    _lt("no access token and no client ID with its secret"),
    _lt("The connection has no consumer key."),
    _lt("The connection has no consumer secret."),
    _lt(
        "Enter an Admin API access token, or client ID and client secret of the app. Secrets "
        "are forgotten when the address or the client ID is changed."
    ),
    _lt(
        "Make a key in WooCommerce → Settings → Advanced → REST API and enter both parts. "
        "Secrets are forgotten when the address or the key is changed."
    ),
    _lt("The %(name)s holds characters that no such value has."),
    _lt("Copy it again, without spaces or quotes."),
    _lt("The shop address is empty."),
    _lt("Enter it as example.myshopify.com."),
    _lt("The shop address is not one of Shopify's."),
    _lt(
        "Enter the permanent address, like example.myshopify.com (Shopify admin → Settings → "
        "Domains). The address of a demo shop or a proxy goes into «Address to call instead»,"
        " with any such name here."
    ),
    _lt("The address to call instead is not an https address (http only on this machine)."),
    _lt("Enter it like https://proxy.example.com or http://127.0.0.1:8080."),
    _lt("The number from which on bulk operations are used is no whole number."),
    _lt("Enter a number like 5000, or 0 for never."),
    _lt("The shop gave no access token for this client id and secret.%(rest)s"),
    _lt(
        "Check shop address, client ID and client secret in the Dev Dashboard, and that the "
        "app is installed in this shop and belongs to the same organisation."
    ),
    _lt("%(text)s in the Dev Dashboard, release the version, and accept it in the shop."),
    _lt("Grant the app the missing scope"),
    _lt("Grant the app %(scopes)s"),
    _lt("The shop address is no http or https address."),
    _lt("Enter the address of the shop's home page, like https://shop.example.com."),
    _lt("The shop address is http: names and addresses of customers would travel in the clear."),
    _lt("Enter the https address, or say yes under «Allow http»."),
    _lt("There is no way of signing in called %(name)s."),
    _lt("Use one of: auto, basic, query, oauth."),
    _lt("Over http WooCommerce takes no keys but by OAuth."),
    _lt("Set «Way of signing in» to auto, or use the https address."),
    _lt("%(unit)s is no unit of weight of WooCommerce."),
    _lt(
        "Check that the consumer key exists (WooCommerce → Settings → Advanced → REST API). "
        "Over https a server that drops the Authorization header needs query as «Way of "
        "signing in»; over http only OAuth is taken."
    ),
    _lt("Enter the consumer secret anew, or make a new key: %(what)s."),
    _lt("WooCommerce → Settings → Advanced → REST API"),
    _lt("The client asks for less at a time."),
    _lt("Give the key read/write permission: %(what)s."),
    _lt("Switch on time synchronisation (NTP) on both servers."),
    _lt("Check that the shop address is the very one WooCommerce is called by."),
    _lt("Nothing to do at first; if it stays, report it: each try has a nonce of its own."),
    _lt("Check that WooCommerce is installed and active, and the shop address."),
    _lt(
        "Check the shop address, and choose any permalink structure but «Plain» in WordPress "
        "→ Settings → Permalinks: keys are taken only below /wp-json/."
    ),
)

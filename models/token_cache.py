"""Keeps short-lived access tokens of a connection between processes."""

from datetime import datetime, timezone


class TokenCache:
    """A platform client's `SecretCache` over `gateway.connection.token_cache`.

    Read once, when the client is made; a new token is written with the next commit, so that no
    transaction is opened while the shop is called.
    """

    def __init__(self, connection):
        self._connection = connection.sudo()
        self._kept = dict(self._connection.token_cache or {}) if connection else {}
        self._secrets = self._connection.secrets

    def get(self, name):
        kept = self._kept.get(name)
        if not kept or datetime.fromisoformat(kept["expires"]) <= datetime.now(timezone.utc):
            return None
        return kept["value"]

    def put(self, name, value, expires):
        self._kept[name] = {"value": value, "expires": expires.isoformat()}
        self._connection.env.cr.precommit.add(self._store)

    def _store(self):
        if not self._connection.exists() or self._connection.secrets != self._secrets:
            return  # it was given for credentials that are not these any more
        self._connection.token_cache = dict(self._kept)

"""Django's Redis cache that finds the embedded server at its first use."""

from functools import cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache as DjangoRedisCache

from salesdept.servers import redis


class RedisCache(DjangoRedisCache):
    """`LOCATION = "embedded"` means the Redis of the data folder."""

    _servers: list[str]

    @cached_property
    def _cache(self) -> Any:
        if self._servers == ["embedded"]:
            self._servers = [redis.cache_url()]
        return super()._cache

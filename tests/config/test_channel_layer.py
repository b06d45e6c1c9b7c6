from channels_redis.core import RedisChannelLayer

from config.settings import base


def test_waiting_for_a_hint_is_no_timeout() -> None:
    (host,) = base.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
    assert host["socket_timeout"] > RedisChannelLayer.brpop_timeout
    assert RedisChannelLayer(hosts=[dict(host)]).hosts[0]["address"] == base.REDIS_URL

from config.settings import base
from generation.live.layer import OneReaderLayer


def test_waiting_for_a_hint_is_no_timeout() -> None:
    (host,) = base.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
    assert host["socket_timeout"] > OneReaderLayer.brpop_timeout
    assert OneReaderLayer(hosts=[dict(host)]).hosts[0]["address"] == base.REDIS_URL

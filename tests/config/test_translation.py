from __future__ import annotations

from django.utils.translation import override

from config.translation import gettext


def test_a_message_is_in_the_current_language_each_time():
    for _time in range(2):
        with override("en"):
            assert gettext("Popular here") == "Popular here"
        with override("zh-hans"):
            assert gettext("Popular here") == "在这里很热门"
        with override(None):
            assert gettext("Popular here") == "Popular here"

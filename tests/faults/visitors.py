"""A browser without a window: cookies, and forms with their tokens."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.faults.servers import Site

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Visitor:
    def __init__(self, site: Site) -> None:
        self.site, self.cookies = site, SimpleCookie()

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def post(self, path: str, form: str = "", **fields: str) -> tuple[int, str]:
        """Send a form, with the token of the page ``form`` (``path`` itself if it is empty)."""
        token = TOKEN.search(self.get(form or path)[1])
        assert token is not None, f"no form at {form or path}"
        return self._ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": token[1]}))

    def sign_in(self, login: str, password: str) -> None:
        status, _body = self.post("/accounts/login/", login=login, password=password)
        assert status == 302, f"sign-in answers {status}"

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v.value}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, content, cookies = self.site.exchange(method, path, body, headers)
        for cookie in cookies:
            self.cookies.load(cookie)
        return status, content

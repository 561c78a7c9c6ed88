"""A small OpenID Connect provider: `python -m tests.accounts.sign_on.oidc_server`.

It does what the standard says for the authorization code flow with PKCE, with signatures of a real
RSA key. It prints its address, and signs everybody in at once as the person that was last posted to
``/person``: ``{"claims": {…}, "userinfo": {…}, "fault": "nonce"}``. ``FAULTS`` are the ways in
which it may misbehave.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "longtail", "a secret of the client"
KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))
FAULTS: dict[str, dict[str, Any]] = {
    "audience": {"aud": "another-client"},
    "issuer": {"iss": "http://127.0.0.1:1"},
    "nonce": {"nonce": "of another sign-in"},
    "no nonce": {"nonce": None},
    "authorized party": {"azp": "another-client"},
    "expired": {"iat": time.time() - 7200, "exp": time.time() - 3600},
    "no expiry": {"exp": None},
    "signature": {},
    "unknown key": {},
    "unsigned": {},
    "shared secret": {},
    "no ID token": {},
    "another person": {},
}


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    codes: dict[str, dict[str, str]] = {}  # noqa: RUF012
    tokens: dict[str, dict[str, Any]] = {}  # noqa: RUF012
    person: dict[str, Any] = {}  # noqa: RUF012

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        answers = {
            "/.well-known/openid-configuration": self.configuration,
            "/keys": self.keys,
            "/userinfo": self.userinfo,
        }
        if path == "/authorize":
            self.authorize({name: values[0] for name, values in asked.items()})
        elif path in answers:
            self.answer(answers[path]())
        else:
            self.answer({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/person":
            Provider.person = json.loads(body)
            self.answer({})
        else:
            self.token({name: values[0] for name, values in parse_qs(body).items()})

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "first", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> None:
        """Nobody is asked: the person is the one that was posted."""
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in wanted.items()):
            return self.answer({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{query}")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def token(self, given: dict[str, str]) -> None:
        asked = self.codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or (given["client_id"], given["client_secret"]) != (CLIENT, SECRET)
            or given["redirect_uri"] != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return self.answer({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.person
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 300}
        if self.person.get("fault") != "no ID token":
            answer["id_token"] = self.id_token(asked["nonce"])
        return self.answer(answer)

    def id_token(self, nonce: str) -> str:
        fault, now = self.person.get("fault", ""), time.time()
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= self.person["claims"] | FAULTS.get(fault, {})
        claims = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": "second" if fault == "unknown key" else "first"}
        if fault == "unsigned":
            return jwt.encode(claims, "", algorithm="none", headers=headers)
        if fault == "shared secret":
            return jwt.encode(claims, SECRET * 2, algorithm="HS256", headers=headers)
        key = OTHER_KEY if fault == "signature" else KEY
        return jwt.encode(claims, key, algorithm="RS256", headers=headers)

    def userinfo(self) -> dict[str, Any]:
        person = self.tokens[self.headers["Authorization"].removeprefix("Bearer ")]
        sub = "somebody" if person.get("fault") == "another person" else person["claims"]["sub"]
        return {"sub": sub, **person.get("userinfo", {})}

    def answer(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """The tests print enough."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)  # noqa: T201
    server.serve_forever()

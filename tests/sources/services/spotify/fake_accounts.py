"""Spotify's login service, played: the page that asks, codes, tokens that end, and what it refuses."""

import base64
import hashlib
import html
import itertools
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from fake_server import Answer

CLIENT_ID = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


@dataclass
class FakeAccounts:
    """Give its `routes` to a `FakeServer`; its fields say what it does."""

    answer: str = "agree"  # or "ask", "deny", "wrong state", "no state", "no code"
    lifetime: int = 3600
    rotates: bool = True  # whether a refresh gives another refresh token, and ends the one before
    codes: dict = field(default_factory=dict)  # code -> what the page was asked
    access: dict = field(default_factory=dict)  # access token -> scopes
    refresh: dict = field(default_factory=dict)  # refresh token -> scopes
    numbers: itertools.count = field(default_factory=itertools.count)

    @property
    def routes(self):
        return [("GET", "/authorize", self.page), ("POST", "/api/token", self.token)]

    def page(self, seen):
        asked = seen.params
        if asked["client_id"] != CLIENT_ID:
            return Answer(b"INVALID_CLIENT: Invalid client", 400)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"].startswith("http://127.0.0.1:")
        code = f"AQ-code-{next(self.numbers)}"
        self.codes[code] = asked
        told = {"code": code, "state": asked["state"]}
        match self.answer:
            case "deny":
                told = {"error": "access_denied", "state": asked["state"]}
            case "wrong state":
                told["state"] = "another"
            case "no state":
                del told["state"]
            case "no code":
                del told["code"]
        back = f"{asked['redirect_uri']}?{urlencode(told)}"
        if self.answer == "ask":
            page = f'<h1>Agree?</h1><a href="{html.escape(back)}">Agree</a>'
            return Answer(page.encode(), 200, {"Content-Type": "text/html"})
        return Answer(b"", 302, {"Location": back})

    def token(self, seen):
        assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
        form = {name: values[-1] for name, values in parse_qs(seen.body.decode()).items()}
        if form.get("client_id") != CLIENT_ID:
            return Answer({"error": "invalid_client"}, 400)
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if (
                asked is None
                or asked["redirect_uri"] != form["redirect_uri"]
                or asked["code_challenge"] != challenge
            ):
                return Answer({"error": "invalid_grant"}, 400)
            return self.new_token(asked["scope"], f"AQ-refresh-{next(self.numbers)}")
        scopes = self.refresh.get(form["refresh_token"])
        if scopes is None:
            told = {"error": "invalid_grant", "error_description": "Refresh token expired"}
            return Answer(told, 400)
        if not self.rotates:
            return self.new_token(scopes, None)
        del self.refresh[form["refresh_token"]]
        return self.new_token(scopes, f"AQ-refresh-{next(self.numbers)}")

    def new_token(self, scopes, refresh):
        access = f"BQ-access-{next(self.numbers)}"
        self.access[access] = scopes
        told = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": scopes,
        }
        if refresh is not None:
            self.refresh[refresh] = scopes
            told["refresh_token"] = refresh
        return Answer(told)

    def knows(self, seen):
        """Say whether a request to the Web API carries a token that is good."""
        return seen.headers.get("authorization", "").removeprefix("Bearer ") in self.access


def open_like_a_browser(address):
    """Follow the redirects as a browser does; return the status and the page it ends on."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()

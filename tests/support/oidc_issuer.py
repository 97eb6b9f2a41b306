"""An issuer of OpenID Connect on loopback: Authlib's server, with a key and a clock of its own.

Whoever comes is `subject` without being asked, and a code counts once. By itself it is honest;
`claims` and `header` are changed before they are signed, `sign` gives another token in its place.
"""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "an-sinh", "a-secret-between-the-two-of-us"
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
STRANGE = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


@dataclass
class Issuer:
    """How the issuer behaves, and what it was asked."""

    clock: Callable[[], datetime]
    back: str
    url: str = ""
    subject: str = "079-0001"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    metadata: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False
    codes: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)


class Client(ClientMixin):
    """The one client there is."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.issuer.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope if scope == "openid" else ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.issuer.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(SimpleNamespace, AuthorizationCodeMixin):
    """A code that was given."""

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return "openid"

    def get_nonce(self) -> str:
        return str(self.nonce)

    def get_auth_time(self) -> int:
        return int(self.auth_time)

    def get_acr(self) -> str:
        return "high"

    def get_amr(self) -> None:
        return None


def _grant_of(issuer: Issuer) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> Any:
            told = request.payload.data
            issuer.codes[code] = Code(
                redirect_uri=told["redirect_uri"], nonce=told.get("nonce", ""),
                code_challenge=told.get("code_challenge"), subject=request.user.id,
                code_challenge_method=told.get("code_challenge_method"),
                auth_time=int(issuer.clock().timestamp()),
            )  # fmt: skip
            return issuer.codes[code]

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return issuer.codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            issuer.codes = {k: v for k, v in issuer.codes.items() if v is not authorization_code}

        def authenticate_user(self, authorization_code: Any) -> Any:
            return SimpleNamespace(id=authorization_code.subject)

    return Grant


def _extension_of(issuer: Issuer) -> OpenIDCode:
    class IDTokens(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(one.nonce == nonce for one in issuer.codes.values())

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            now = int(issuer.clock().timestamp())
            return {"iss": issuer.url, "aud": [CLIENT], "iat": now, "exp": now + 300}

        def generate_user_info(self, user: Any, scope: str) -> dict[str, Any]:
            return {"sub": user.id, "email": "maker@example.vn", "name": "Nông Thị A"}

        def resolve_client_private_key(self, client: Any) -> Any:
            return issuer.key

        def encode_id_token(self, token: Any, request: Any) -> str:
            honest = super().encode_id_token(token, request)
            claims = {**jwt.decode(honest, issuer.key).claims, **issuer.claims}
            header = {"alg": "RS256", "kid": "one", **issuer.header}
            return _signed(header, claims, issuer.key)

    return IDTokens(require_nonce=True)


def _signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    if header["alg"] == "none":
        parts = (urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode()
                 for one in (header, claims))  # fmt: skip
        return f"{'.'.join(parts)}."
    if header["alg"] == "HS256":  # the public key's letters, or our secret, taken for a shared one
        return jwt.encode(header, claims, OctKey.import_key(SECRET), ["HS256"])
    return jwt.encode(header, claims, key, [header["alg"]])


def _application(issuer: Issuer) -> Flask:
    application = Flask("issuer")
    server = AuthorizationServer(
        application, query_client=lambda one: Client(issuer) if one == CLIENT else None,
        save_token=lambda token, request: None,
    )  # fmt: skip
    server.register_grant(_grant_of(issuer), [_extension_of(issuer), CodeChallenge(required=True)])

    @application.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token",
                  "jwks_uri": "keys"}  # fmt: skip
        told = {name: f"{issuer.url}/{place}" for name, place in places.items()}
        return jsonify({"issuer": issuer.url, **told, **issuer.metadata})

    @application.get("/keys")
    def keys() -> Any:
        return jsonify({"keys": [KEY.as_dict(private=False)]})

    @application.get("/authorize")
    def authorize() -> Any:
        issuer.asked.append(dict(request.args))
        if issuer.refuses:
            return redirect(f"{issuer.back}?error=access_denied&state={request.args['state']}")
        user = SimpleNamespace(id=issuer.subject)
        grant = server.get_consent_grant(end_user=user)
        return server.create_authorization_response(grant=grant, grant_user=user)

    @application.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return application


@contextmanager
def issuing(clock: Callable[[], datetime], back: str) -> Iterator[Issuer]:
    """A running issuer that sends browsers back to `back`; stopped at the end."""
    issuer = Issuer(clock, back)
    server = make_server("127.0.0.1", 0, _application(issuer), threaded=True)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

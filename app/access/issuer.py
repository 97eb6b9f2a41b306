"""Coming in through an issuer of OpenID Connect: a province's single sign-on, or VNeID.

Authorization code with PKCE (RFC 7636); the ID token is checked by the issuer's published keys for
issuer, audience, time and nonce (OpenID Connect Core 1.0, 3.1.3.7). Who the subject is here is for
`identities` to say. Only algorithms with a key of the issuer's own count: neither none nor one
whose key is our secret.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.config import Settings, is_sheltered
from app.errors import Refused, Unavailable

ALGORITHMS = ("RS256", "PS256", "ES256")
TIMEOUT = (5, 10)
"""Seconds to connect, and to wait for an answer."""
DOCUMENT_BYTES_MAX = 256 * 1024
DRIFT_SECONDS = 60
"""How far the issuer's clock may be from ours."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_PLACE = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the issuer and back: what its answer must belong to."""

    state: str
    nonce: str
    verifier: str


def new_way() -> Way:
    """A way that nobody can guess."""
    return Way(*(secrets.token_urlsafe(48) for _ in range(3)))


def address_of(settings: Settings, way: Way, back: str) -> str:
    """Where the browser goes; `back` is the address at which it comes back. Raises Unavailable
    where the issuer does not answer, Refused where it answers as it may not."""
    with _client(settings, back) as client:
        told = _metadata(settings, client)
        asked = settings.oidc_claims.get("acr", "").replace("|", " ")
        more = {"acr_values": asked} if asked else {}
        address, _ = client.create_authorization_url(
            told["authorization_endpoint"], state=way.state, nonce=way.nonce,
            code_verifier=way.verifier, **more,
        )  # fmt: skip
    return str(address)


def subject_of(settings: Settings, way: Way, code: str, back: str, now: datetime) -> str:
    """The subject for whom the issuer gave this code. Raises as `address_of`."""
    with _client(settings, back) as client:
        told = _metadata(settings, client)
        methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if settings.oidc_secret and "client_secret_basic" not in methods:
            client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 (a method's name)
        try:
            given = client.fetch_token(
                told["token_endpoint"], grant_type="authorization_code", code=code,
                code_verifier=way.verifier, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            _is_away(error)
        except (AuthlibBaseError, ValueError) as error:
            raise _not_taken("Mã đăng nhập không được chấp nhận.") from error
        keys = _document(client, told["jwks_uri"])
    claims = _claims(given, keys, settings, way, now)
    _require_wanted(claims, settings.oidc_claims)
    return str(claims["sub"])


def _client(settings: Settings, back: str) -> Any:
    """A client of the issuer: no redirect, no proxy or password file of this machine."""
    client = OAuth2Session(
        settings.oidc_client, settings.oidc_secret or None, scope="openid", redirect_uri=back,
        code_challenge_method="S256", default_timeout=TIMEOUT,
    )  # fmt: skip
    client.trust_env = False
    return client


def _metadata(settings: Settings, client: Any) -> Mapping[str, Any]:
    """What the issuer says of itself (OpenID Connect Discovery 1.0)."""
    told = _document(client, settings.oidc_issuer.rstrip("/") + _PLACE)
    sheltered = (is_sheltered(str(told.get(one, "")), settings.training) for one in _ENDPOINTS)
    if told.get("issuer") != settings.oidc_issuer or not all(sheltered):
        raise _not_taken("Nơi đăng nhập tự khai khác với cấu hình ở đây.")
    return told


def _document(client: Any, address: str) -> dict[str, Any]:
    """A JSON object that the issuer publishes."""
    try:
        with client.get(address, withhold_token=True, allow_redirects=False, stream=True) as reply:
            reply.raise_for_status()
            content = reply.raw.read(DOCUMENT_BYTES_MAX + 1, decode_content=True)
    except requests.RequestException as error:
        _is_away(error)
    try:
        found = json.loads(content) if len(content) <= DOCUMENT_BYTES_MAX else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _not_taken("Nơi đăng nhập trả lời không đúng mẫu.")
    return found


def _claims(
    given: Mapping[str, Any], keys: Any, settings: Settings, way: Way, now: datetime
) -> Mapping[str, Any]:
    """What a right ID token claims."""
    try:
        found = jwt.decode(
            str(given.get("id_token", "")), KeySet.import_key_set(keys), algorithms=ALGORITHMS
        )
        wanted = {"iss": {"value": settings.oidc_issuer}, "aud": {"value": settings.oidc_client}}
        told = {"nonce": way.nonce, "client_id": settings.oidc_client,
                "access_token": given.get("access_token")}  # fmt: skip
        token = CodeIDToken(found.claims, found.header, wanted, told)
        token.validate(now=int(now.timestamp()), leeway=DRIFT_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _not_taken("Giấy đăng nhập nhận được không đúng.") from error
    if not isinstance(token["sub"], str) or not token["sub"]:
        raise _not_taken("Giấy đăng nhập không ghi mã định danh.")
    return dict(token)


def _require_wanted(claims: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    for name, allowed in wanted.items():
        told = claims.get(name)
        values = {str(one) for one in (told if isinstance(told, list) else [told])}
        if values.isdisjoint(allowed.split("|")):
            raise _not_taken("Mức xác thực ở nơi đăng nhập chưa đủ theo quy định ở đây.")


def _is_away(error: requests.RequestException) -> NoReturn:
    raise Unavailable(
        f"Nơi đăng nhập không trả lời ({type(error).__name__}).", "Thử lại sau ít phút."
    ) from error


def _not_taken(why: str) -> Refused:
    return Refused(why, "Đăng nhập lại từ đầu; nếu vẫn không được, báo người quản trị.")

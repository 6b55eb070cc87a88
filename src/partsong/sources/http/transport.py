"""One request sent once over HTTP, with what must stay secret added on the last step.

Keys are added below the library's client: it never knows them, and so cannot log them, carry them
to another host, or show them in its errors.
"""

import urllib.request
from collections.abc import Mapping
from typing import Final

import httpx2

from partsong import __version__
from partsong.errors import ServiceError
from partsong.sources.http.conversation import UnansweredError
from partsong.sources.http.messages import Request, Response

__all__ = ["HttpTransport"]

_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_REDIRECTS: Final = 5


class HttpTransport:
    """Send requests to one service.

    Parameters
    ----------
    service
        Its name.
    address
        Where it is, without a slash at the end.
    timeout
        Seconds without a byte after which a request is given up.

    Examples
    --------
    >>> HttpTransport("tiny", "https://music.example", timeout=20).close()
    """

    def __init__(self, service: str, address: str, *, timeout: float) -> None:
        self._service = service
        self._address = httpx2.URL(address)
        self._timeout = timeout
        self._adding = _Adding(httpx2.HTTPTransport(proxy=_proxy_for(self._address)))
        self._http = httpx2.Client(
            transport=self._adding,
            timeout=timeout,
            headers={"user-agent": f"partsong/{__version__}", "accept": "application/json"},
        )

    def ask(
        self, request: Request, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> Response:
        """Send a request, and return whatever is answered.

        Parameters
        ----------
        request
            What to ask.
        params, headers
            What is added on the way out.

        Raises
        ------
        UnansweredError
            If no whole answer comes.
        ServiceError
            If the answer leads to another host, is far too long, or the host cannot be trusted.
        """
        self._adding.params, self._adding.headers = params, headers
        try:
            url = self._url_of(request)
            for _ in range(_MOST_REDIRECTS):
                response, onwards = self._send(request, url)
                if onwards is None:
                    return response
                url = onwards
        except httpx2.ConnectError as error:
            if "CERTIFICATE" in str(error).upper():
                raise ServiceError(
                    f"{self._service}'s certificate is not one that this machine trusts.",
                    hint="Check the address and the clock; for a server of your own, add its "
                    "certificate to those of the system, or set SSL_CERT_FILE.",
                ) from error
            raise UnansweredError("no connection", has_arrived=False) from error
        except (httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise UnansweredError("no connection", has_arrived=False) from error
        except httpx2.TimeoutException as error:
            raise UnansweredError(f"no answer within {self._timeout:g} seconds") from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise UnansweredError("the connection was cut") from error
        except httpx2.InvalidURL as error:
            raise self._leads_elsewhere("to an address that is none") from error
        raise self._leads_elsewhere("in a circle")

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _url_of(self, request: Request) -> httpx2.URL:
        if "://" in request.path:
            url = httpx2.URL(request.path)
            if not self._is_ours(url):
                raise self._leads_elsewhere(f"to {url.host}")
        else:
            url = httpx2.URL(str(self._address) + "/" + request.path.lstrip("/"))
        return url.copy_merge_params(dict(request.params)) if request.params else url

    def _send(self, request: Request, url: httpx2.URL) -> tuple[Response, httpx2.URL | None]:
        with self._http.stream(request.method, url, json=request.body) as answer:
            if answer.has_redirect_location and request.method == "GET":
                onwards = url.join(answer.headers["location"])
                if not self._is_ours(onwards):
                    raise self._leads_elsewhere(f"to {onwards.host}")
                return Response(status=answer.status_code, headers={}, body=b""), onwards
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise ServiceError(
                        f"{self._service} answers with more than {_MOST_BYTES:,} bytes.",
                        hint="No answer is that long; check its address.",
                    )
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Response(status=answer.status_code, headers=headers, body=bytes(body)), None

    def _is_ours(self, url: httpx2.URL) -> bool:
        """Tell whether keys may go there: the same place, or the same host over a safer line."""
        if url.userinfo:
            return False
        if url.origin == self._address.origin:
            return True
        is_same_host = url.host == self._address.host
        return is_same_host and (self._address.scheme, url.scheme) == ("http", "https")

    def _leads_elsewhere(self, where: str) -> ServiceError:
        return ServiceError(
            f"{self._service} leads {where}, where no keys are sent.",
            hint="Check its address; if it has moved, set the new one: "
            f"partsong sources {self._service} --set-up",
        )


class _Adding(httpx2.BaseTransport):
    """The last step before the network, where keys are added to a copy of the request."""

    def __init__(self, below: httpx2.BaseTransport) -> None:
        self._below = below
        self.params: Mapping[str, str] = {}
        self.headers: Mapping[str, str] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_merge_params(dict(self.params)) if self.params else request.url
        return self._below.handle_request(
            httpx2.Request(
                request.method,
                url,
                headers={**request.headers, **self.headers},
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    def close(self) -> None:
        self._below.close()


def _proxy_for(address: httpx2.URL) -> str | None:
    """Return the proxy of this machine's settings, none for addresses that they leave out."""
    if address.host in {"127.0.0.1", "::1", "localhost"}:
        return None
    if urllib.request.proxy_bypass(address.host):
        return None
    return urllib.request.getproxies().get(address.scheme)

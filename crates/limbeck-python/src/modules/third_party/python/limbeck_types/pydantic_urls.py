"""pydantic's types for URLs: what is a URL, and how it is written again, by the WHATWG's rules for URLs."""

from urllib.parse import parse_qsl

_C0_AND_SPACE = "".join(map(chr, range(0x21)))
# what is percent-encoded in each part, beside control characters and everything beyond ASCII
_FRAGMENT = frozenset(' "<>`')
_QUERY = frozenset(' "#<>')
_SPECIAL_QUERY = _QUERY | {"'"}
_PATH = _QUERY | frozenset("?`{}^")
_USERINFO = _PATH | frozenset("/:;=@[\\]|")
_FORBIDDEN_IN_HOSTS = frozenset(' #/<>?@[\\]^|%\x00\t\n\r')
_SPECIAL_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}


class UrlError(Exception):
    """Not a URL of the kind; the kind of error, and why."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
        self.message = message


def _broken(why):
    return UrlError("url_parsing", f"Input should be a valid URL, {why}")


def _encoded(text, signs):
    return "".join(
        "".join(f"%{byte:02X}" for byte in sign.encode())
        if sign in signs or not " " <= sign <= "~"
        else sign
        for sign in text
    )


def _without_dots(path, is_special):
    if is_special:
        path = path.replace("\\", "/")
    parts = []
    names = path.split("/")[1:]
    for number, name in enumerate(names):
        is_last = number == len(names) - 1
        plain = name.lower().replace("%2e", ".")
        if plain == "..":
            if parts:
                parts.pop()
            if is_last:
                parts.append("")
        elif plain == ".":
            if is_last:
                parts.append("")
        else:
            parts.append(name)
    return "/" + "/".join(parts)


def _host(text, is_special):
    if text.startswith("["):
        import ipaddress

        if not text.endswith("]"):
            raise _broken("invalid IPv6 address")
        try:
            return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]"
        except ValueError:
            raise _broken("invalid IPv6 address") from None
    if is_special:
        from urllib.parse import unquote

        text = unquote(text).lower()
        if not text.isascii():
            raise NotImplementedError(f"Limbeck does not read international domain names in URLs yet: {text!r}")
        last = text.rstrip(".").rpartition(".")[2]
        if last.isdigit() or last.startswith("0x"):
            parts = text.split(".")
            if len(parts) != 4 or not all(part.isdigit() and str(int(part)) == part and int(part) < 256 for part in parts):
                raise _broken("invalid IPv4 address")
        if any(sign in _FORBIDDEN_IN_HOSTS or sign < " " for sign in text):
            raise _broken("invalid international domain name")
        return text
    if any(sign in _FORBIDDEN_IN_HOSTS and sign != "%" for sign in text):
        raise _broken("invalid domain character")
    return _encoded(text, frozenset())


def _port(text, scheme):
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise _broken("invalid port number")
    port = int(text)
    return None if _SPECIAL_PORTS.get(scheme) == port else port


def _authority(text, scheme):
    """Gives user, password, host and port, each as it is written again."""
    is_special = scheme in _SPECIAL_PORTS
    userinfo, at, place = text.rpartition("@")
    user, _, password = userinfo.partition(":")
    if place.startswith("[") and "]" in place:
        end = place.index("]") + 1
        host, port = place[:end], place[end:].removeprefix(":")
    else:
        host, _, port = place.partition(":")
    if not host and (at or port or is_special):
        raise _broken("empty host")
    user = _encoded(user, _USERINFO) or None
    password = _encoded(password, _USERINFO) or None
    port = _port(port, scheme)
    return user, password, _host(host, is_special) if host else None, port


class _Parts:
    """A URL taken apart."""

    def __init__(self, text, several_hosts):
        text = text.strip(_C0_AND_SPACE)
        for sign in "\t\n\r":
            text = text.replace(sign, "")
        if not text:
            raise _broken("input is empty")
        scheme, colon, rest = text.partition(":")
        is_scheme = scheme[:1].isalpha() and scheme.isascii() and all(
            sign.isalnum() or sign in "+-." for sign in scheme
        )
        if not colon or not is_scheme:
            raise _broken("relative URL without a base")
        self.scheme = scheme.lower()
        is_special = self.scheme in _SPECIAL_PORTS
        if not rest.startswith("//"):
            raise NotImplementedError(f"Limbeck does not read URLs without '//' behind '{self.scheme}:' yet")
        rest = rest[2:]
        rest, mark, fragment = rest.partition("#")
        self.fragment = _encoded(fragment, _FRAGMENT) if mark else None
        rest, mark, query = rest.partition("?")
        self.query = _encoded(query, _SPECIAL_QUERY if is_special else _QUERY) if mark else None
        ends = [rest.index(sign) for sign in ("/\\" if is_special else "/") if sign in rest]
        end = min(ends, default=len(rest))
        authority, path = rest[:end], rest[end:]
        if several_hosts:
            self.hosts = [_authority(part, self.scheme) for part in authority.split(",")]
        else:
            self.hosts = [_authority(authority, self.scheme)]
        self.path = _encoded(_without_dots(path, is_special), _PATH) if path else "/" if is_special else None

    def text(self):
        places = []
        for user, password, host, port in self.hosts:
            login = user or ""
            if password is not None:
                login += f":{password}"
            at = "@" if login else ""
            places.append(f"{login}{at}{host or ''}" + (f":{port}" if port is not None else ""))
        text = f"{self.scheme}://{','.join(places)}{self.path or ''}"
        if self.query is not None:
            text += f"?{self.query}"
        if self.fragment is not None:
            text += f"#{self.fragment}"
        return text


def _one_of(names):
    shown = [f"'{name}'" for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


class _Url:
    _schemes = None
    _host_required = False
    _default_host = None
    _default_port = None
    _default_path = None
    _several_hosts = False
    _longest = None

    def __init__(self, url):
        if isinstance(url, _Url):
            url = str(url)
        if not isinstance(url, str):
            raise UrlError("url_type", "URL input should be a string or URL")
        if self._longest is not None and len(url) > self._longest:
            raise UrlError("url_too_long", f"URL should have at most {self._longest} characters")
        parts = _Parts(url, self._several_hosts)
        if self._schemes is not None and parts.scheme not in self._schemes:
            raise UrlError("url_scheme", f"URL scheme should be {_one_of(self._schemes)}")
        hosts = []
        for user, password, host, port in parts.hosts:
            host = host or self._default_host
            if not host and self._host_required:
                raise _broken("empty host")
            hosts.append((user, password, host, port if port is not None else self._default_port))
        parts.hosts = hosts
        if parts.path in (None, "/") and self._default_path is not None:
            parts.path = self._default_path
        self._parts = parts

    @classmethod
    def build(
        cls, *, scheme, username=None, password=None, host=None, port=None, path=None, query=None, fragment=None, **more
    ):
        if "user" in more:
            return _first_build(scheme, more.pop("user"), password, host, port, path, query, fragment)
        hosts = more.pop("hosts", None) if cls._several_hosts else None
        if more:
            raise TypeError(f"{cls.__name__}.build() got an unexpected keyword argument '{next(iter(more))}'")
        if hosts is None:
            if host is None:
                raise ValueError("expected one of `host` or `hosts` to be set")
            hosts = [{"username": username, "password": password, "host": host, "port": port}]
        places = []
        for place in hosts:
            # as it is given: reading the result is what encodes names and passwords
            login = place.get("username") or ""
            if place.get("password") is not None:
                login += f":{place['password']}"
            if place.get("port") is not None and not isinstance(place["port"], int):
                raise TypeError(f"'{type(place['port']).__name__}' object cannot be interpreted as an integer")
            port = f":{place['port']}" if place.get("port") is not None else ""
            places.append(login + ("@" if login else "") + (place.get("host") or "") + port)
        url = f"{scheme}://{','.join(places)}"
        if path is not None:
            url += f"/{path}"
        if query is not None:
            url += f"?{query}"
        if fragment is not None:
            url += f"#{fragment}"
        from limbeck_types.pydantic_values import coerced

        return coerced(cls, url, cls.__name__)

    scheme = property(lambda self: self._parts.scheme)
    path = property(lambda self: self._parts.path)
    query = property(lambda self: self._parts.query)
    fragment = property(lambda self: self._parts.fragment)

    def query_params(self):
        return parse_qsl(self.query or "", keep_blank_values=True)

    def unicode_string(self):
        return self._parts.text()

    encoded_string = unicode_string

    def __str__(self):
        return self._parts.text()

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other):
        return type(self) is type(other) and str(self) == str(other)

    def __lt__(self, other):
        return str(self) < str(other)

    def __hash__(self):
        return hash(str(self))

    def __len__(self):
        return len(str(self))

    def __deepcopy__(self, memo):
        return self


def _first_build(scheme, user, password, host, port, path, query, fragment):
    """Puts a URL together as pydantic's first version does, whose argument `user` is: nothing is encoded."""
    url = f"{scheme}://{user or ''}"
    if password:
        url += f":{password}"
    if user or password:
        url += "@"
    url += host
    if port:
        url += f":{port}"
    url += path or ""
    if query:
        url += f"?{query}"
    if fragment:
        url += f"#{fragment}"
    return url


class AnyUrl(_Url):
    username = property(lambda self: self._parts.hosts[0][0])
    password = property(lambda self: self._parts.hosts[0][1])
    host = property(lambda self: self._parts.hosts[0][2])

    @property
    def port(self):
        port = self._parts.hosts[0][3]
        return _SPECIAL_PORTS.get(self.scheme) if port is None else port

    def unicode_host(self):
        return self.host


class Url(AnyUrl):
    pass


class MultiHostUrl(_Url):
    _several_hosts = True

    def hosts(self):
        names = ("username", "password", "host", "port")
        return [dict(zip(names, place)) for place in self._parts.hosts]


class AnyHttpUrl(AnyUrl):
    _schemes = ("http", "https")


class HttpUrl(AnyUrl):
    _schemes = ("http", "https")
    _longest = 2083


class AnyWebsocketUrl(AnyUrl):
    _schemes = ("ws", "wss")


class WebsocketUrl(AnyUrl):
    _schemes = ("ws", "wss")
    _longest = 2083


class FileUrl(AnyUrl):
    _schemes = ("file",)


class FtpUrl(AnyUrl):
    _schemes = ("ftp",)


class PostgresDsn(MultiHostUrl):
    _schemes = (
        "postgres",
        "postgresql",
        "postgresql+asyncpg",
        "postgresql+pg8000",
        "postgresql+psycopg",
        "postgresql+psycopg2",
        "postgresql+psycopg2cffi",
        "postgresql+py-postgresql",
        "postgresql+pygresql",
    )
    _host_required = True

    @property
    def host(self):
        return self._parts.hosts[0][2]


class CockroachDsn(AnyUrl):
    _schemes = ("cockroachdb", "cockroachdb+psycopg2", "cockroachdb+asyncpg")
    _host_required = True


class MySQLDsn(AnyUrl):
    _schemes = (
        "mysql",
        "mysql+mysqlconnector",
        "mysql+aiomysql",
        "mysql+asyncmy",
        "mysql+mysqldb",
        "mysql+pymysql",
        "mysql+cymysql",
        "mysql+pyodbc",
    )
    _default_port = 3306
    _host_required = True


class MariaDBDsn(AnyUrl):
    _schemes = ("mariadb", "mariadb+mariadbconnector", "mariadb+pymysql")
    _default_port = 3306


class AmqpDsn(AnyUrl):
    _schemes = ("amqp", "amqps")


class RedisDsn(AnyUrl):
    _schemes = ("redis", "rediss")
    _default_host = "localhost"
    _default_port = 6379
    _default_path = "/0"
    _host_required = True


class MongoDsn(MultiHostUrl):
    _schemes = ("mongodb", "mongodb+srv")
    _default_port = 27017


class KafkaDsn(AnyUrl):
    _schemes = ("kafka",)
    _default_host = "localhost"
    _default_port = 9092


class NatsDsn(MultiHostUrl):
    _schemes = ("nats", "tls", "ws", "wss")
    _default_host = "localhost"
    _default_port = 4222


class ClickHouseDsn(AnyUrl):
    _schemes = (
        "clickhouse+native",
        "clickhouse+asynch",
        "clickhouse+http",
        "clickhouse",
        "clickhouses",
        "clickhousedb",
    )
    _default_host = "localhost"
    _default_port = 9000

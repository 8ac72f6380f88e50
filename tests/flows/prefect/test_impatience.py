"""Connections that wait for ever are closed; others are answered meanwhile and afterwards."""

import asyncio
import socket
import threading
import time

import pytest
import uvicorn

from flows.prefect import impatience
from flows.prefect.impatience import ImpatientProtocol

HOST = b"Host: 127.0.0.1\r\n"
UNFINISHED = {
    "nothing": b"",
    "half a line": b"GET /",
    "endless headers": b"GET / HTTP/1.1\r\n" + HOST + b"X-A: ",
    "half a body": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\nabc",
    "a second request": b"GET / HTTP/1.1\r\n" + HOST + b"\r\nGET / HTTP/1.1\r\n",
}


@pytest.fixture(scope="module")
def port():
    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(1 if scope["path"] == "/slow" else 0)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listener:
        patch.setattr(impatience, "PATIENCE", 0.2)
        config = uvicorn.Config(
            app, http=ImpatientProtocol, lifespan="off", log_level="error", limit_concurrency=20
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def connect(port, data=b""):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(data)
    return connection


def ask(port, path="/"):
    with connect(
        port, f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"Connection: close\r\n\r\n"
    ) as connection:
        return b"".join(iter(lambda: connection.recv(1000), b""))


@pytest.mark.parametrize("data", UNFINISHED.values(), ids=UNFINISHED)
def test_a_request_that_does_not_arrive_is_not_waited_for(port, data):
    with connect(port, data) as connection:
        assert b"".join(iter(lambda: connection.recv(1000), b"")).count(b"200 OK") == data.count(
            b"\r\n\r\nGET"
        )


def test_a_trickle_does_not_extend_the_wait(port):
    with connect(port, UNFINISHED["endless headers"]) as connection, pytest.raises(OSError):
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.1)


def test_answers_may_take_their_time(port):
    assert ask(port, "/slow").endswith(b"ok")


def test_many_silent_connections_keep_nobody_out_for_long(port):
    silent = [connect(port, UNFINISHED["endless headers"]) for _ in range(30)]
    until = time.monotonic() + 20
    while not ask(port).endswith(b"ok"):
        assert time.monotonic() < until
        time.sleep(0.1)
    for connection in silent:
        connection.close()

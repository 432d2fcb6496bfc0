"""Asks one server after the other, each with the library that programs use for it, in one trace a library.

What to ask stands in the environment: PGURL, UPSTREAM (answers GET), MARIADB_PORT, RABBITMQ_PORT, each where it is there.
"""

import asyncio
import os
import socket
import sys

upstream = os.environ["UPSTREAM"]


def http_clients():
    import httpx
    import urllib3

    httpx.get(upstream)
    urllib3.PoolManager().request("GET", upstream)

    async def ask():
        async with httpx.AsyncClient() as client:
            await client.get(upstream)

    asyncio.run(ask())


def aiohttp_both():
    from aiohttp import ClientSession, web

    async def item(request):
        return web.json_response({"item": request.match_info["item"]})

    async def serve_and_ask():
        app = web.Application()
        app.router.add_get("/items/{item}", item)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        async with ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/items/7") as answer:
                assert await answer.json() == {"item": "7"}
        await runner.cleanup()

    asyncio.run(serve_and_ask())


def postgres():
    import asyncpg
    import psycopg2
    import sqlalchemy

    url = os.environ["PGURL"]
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("select 1 + %s", (1,))
        assert cursor.fetchone() == (2,)
    connection.close()

    async def ask():
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select 2 + $1::int", 1) == 3
        await connection.close()

    asyncio.run(ask())
    engine = sqlalchemy.create_engine(url.replace("postgres:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select 3 + 1")).scalar() == 4
    engine.dispose()


def mariadb():
    import pymysql

    connection = pymysql.connect(host="127.0.0.1", port=int(os.environ["MARIADB_PORT"]), user="root")
    with connection.cursor() as cursor:
        cursor.execute("select 4 + %s", (1,))
        assert cursor.fetchone() == (5,)
    connection.close()


def rabbitmq():
    import pika

    parameters = pika.ConnectionParameters("127.0.0.1", int(os.environ["RABBITMQ_PORT"]))
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.queue_declare("orders")
        channel.basic_publish("", "orders", b"one")
        channel.basic_consume("orders", lambda *_: channel.stop_consuming(), auto_ack=True)
        channel.start_consuming()


def grpc_both():
    from concurrent import futures

    import grpc

    def hello(request, context):
        return b"hello " + request

    handler = grpc.method_handlers_generic_handler("shop.Greeter", {"Hello": grpc.unary_unary_rpc_method_handler(hello)})
    server = grpc.server(futures.ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert channel.unary_unary("/shop.Greeter/Hello")(b"you") == b"hello you"
    server.stop(None)


def aws():
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    where = {
        "endpoint_url": f"http://127.0.0.1:{server._port}",
        "region_name": "eu-central-1",
        "aws_access_key_id": "any",
        "aws_secret_access_key": "any",
    }
    s3 = boto3.client("s3", **where)
    s3.list_buckets()
    sqs = boto3.client("sqs", **where)
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="one")
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "one"
    server.stop()


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        globals()[name]()
    print("done")

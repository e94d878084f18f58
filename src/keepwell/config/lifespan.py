"""The life of a web worker: what starts before its first request and ends after its last."""

from keepwell.config import afterwards, background, worker
from keepwell.config.framing import Receive, Send


async def follow(receive: Receive, send: Send) -> None:
    """Start background work, wait for the end of the worker, stop it again (ASGI lifespan)."""
    await receive()
    worker.settle()
    background.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await worker.answers_given()
    await afterwards.all_done()
    background.stop()
    await send({"type": "lifespan.shutdown.complete"})

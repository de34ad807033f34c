"""Events of one aggregate are handled one at a time, in the order they arrived; none overtakes one that is parked."""

import asyncio
from collections import deque
from collections.abc import Awaitable

from common.messaging.delivery import Delivery, Handle
from common.messaging.parked_events import ParkedEvents
from common.messaging.results import HandlerResult, Retry

_Queue = deque[tuple[Delivery, asyncio.Future[HandlerResult]]]


def in_order(handle: Handle, parked: ParkedEvents) -> Handle:
    """One queue for each aggregate within this process. While events of the aggregate are parked, whichever replica
    parked them, the whole queue is parked behind them at once."""
    queues: dict[str, _Queue] = {}
    workers: set[asyncio.Task[None]] = set()  # asyncio itself keeps no reference to a task

    async def wrapped(delivery: Delivery) -> HandlerResult:
        result: asyncio.Future[HandlerResult] = asyncio.get_running_loop().create_future()
        aggregate = delivery.aggregate
        if aggregate in queues:
            queues[aggregate].append((delivery, result))
        else:
            queues[aggregate] = deque([(delivery, result)])
            worker = asyncio.create_task(drain(aggregate))
            workers.add(worker)
            worker.add_done_callback(workers.discard)
        return await result

    async def drain(aggregate: str) -> None:
        queue = queues[aggregate]
        while queue:
            delivery, result = queue.popleft()
            await _resolve(result, handle_or_park(delivery, queue))
        del queues[aggregate]

    async def handle_or_park(delivery: Delivery, queue: _Queue) -> HandlerResult:
        if not await parked.has_events_of(delivery.aggregate):
            return await handle(delivery)
        # In this order: an event that is parked already may be retried at once.
        outcome = await park_behind(delivery)
        behind = [queue.popleft() for _ in range(len(queue))]
        await asyncio.gather(*(_resolve(result, park_behind(later)) for later, result in behind))
        return outcome

    async def park_behind(delivery: Delivery) -> HandlerResult:
        await parked.park_behind(delivery)
        delivery.count("parked")
        return Retry("an earlier event of the aggregate is parked")

    return wrapped


async def _resolve(result: asyncio.Future[HandlerResult], work: Awaitable[HandlerResult]) -> None:
    try:
        outcome = await work
    except Exception as error:  # noqa: BLE001 - the delivery gets it
        if not result.cancelled():
            result.set_exception(error)
    else:
        if not result.cancelled():
            result.set_result(outcome)

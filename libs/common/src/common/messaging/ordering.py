"""Events of one aggregate are handled one at a time, in the order they arrived; none overtakes one that is parked."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from uuid import UUID

from common.messaging.delivery import Delivery, Handle
from common.messaging.parked_events import ParkedEvents
from common.messaging.results import HandlerResult, Retry

_Queue = deque[tuple[Delivery, asyncio.Future[HandlerResult]]]


def in_order(handle: Handle, parked: ParkedEvents) -> Handle:
    """One queue for each aggregate within this process. While events of the aggregate are parked, whichever replica
    parked them, the whole queue is parked behind them at once."""
    queues: dict[UUID, _Queue] = {}
    workers: set[asyncio.Task[None]] = set()  # asyncio itself keeps no reference to a task

    async def wrapped(delivery: Delivery) -> HandlerResult:
        result: asyncio.Future[HandlerResult] = asyncio.get_running_loop().create_future()
        aggregate_id = delivery.envelope.aggregate_id
        if aggregate_id in queues:
            queues[aggregate_id].append((delivery, result))
        else:
            queues[aggregate_id] = deque([(delivery, result)])
            worker = asyncio.create_task(drain(aggregate_id))
            workers.add(worker)
            worker.add_done_callback(workers.discard)
        return await result

    async def drain(aggregate_id: UUID) -> None:
        queue = queues[aggregate_id]
        while queue:
            delivery, result = queue.popleft()
            await _resolve(result, handle_or_park(delivery, queue))
        del queues[aggregate_id]

    async def handle_or_park(delivery: Delivery, queue: _Queue) -> HandlerResult:
        if not await parked.has_events_of(delivery.envelope.aggregate_id):
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

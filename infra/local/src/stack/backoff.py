"""How long to wait before a component that exited is restarted."""

_FIRST, _LONGEST = 0.5, 10.0


class RestartBackoff:
    """No delay after a run in which the component was ready; 0, 0.5, 1, 2 … 10 s after consecutive failed starts."""

    def __init__(self) -> None:
        self._failed_starts = 0

    def next_delay(self, *, was_ready: bool) -> float:
        """Seconds to wait. `was_ready` tells whether the component was ready in the run that ended."""
        if was_ready:
            self._failed_starts = 0
            return 0.0
        self._failed_starts += 1
        if self._failed_starts == 1:
            return 0.0
        # The exponent is bounded: 2**5000 is not computed after a night of failed starts.
        return min(_FIRST * 2.0 ** min(self._failed_starts - 2, 10), _LONGEST)
